// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Publishes how much is set aside or missing. Gauges show what was counted last; no
 * scrape asks the database.
 */
public final class ParkedMeters {

	private static final int CAP = 10_000;

	private final MeterRegistry registry;

	private final IntFunction<Map<String, Long>> incoming;

	private final IntFunction<Map<String, Long>> outgoing;

	private final Supplier<Map<String, Long>> missing;

	private final ConcurrentMap<String, AtomicLong> missed = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, AtomicLong> flows = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, AtomicLong> destinations = new ConcurrentHashMap<>();

	/**
	 * Creates the meters.
	 * @param registry where meters go
	 * @param incoming counts incoming messages set aside by flow, up to a cap
	 * @param outgoing counts outgoing messages set aside by destination, up to a cap
	 * @param missing counts messages missing from their streams by flow
	 */
	public ParkedMeters(MeterRegistry registry, IntFunction<Map<String, Long>> incoming,
			IntFunction<Map<String, Long>> outgoing, Supplier<Map<String, Long>> missing) {
		this.missing = missing;
		this.registry = registry;
		this.incoming = incoming;
		this.outgoing = outgoing;
	}

	/**
	 * Counts. What was there before and is gone now shows zero.
	 */
	public void count() {
		show(this.incoming.apply(CAP), this.flows, IdempotencyMeters.PARKED_DEPTH, "flow");
		show(this.outgoing.apply(CAP), this.destinations, IdempotencyMeters.OUTBOX_PARKED_DEPTH, "destination");
		show(this.missing.get(), this.missed, IdempotencyMeters.MISSING, "flow");
	}

	private void show(Map<String, Long> counts, ConcurrentMap<String, AtomicLong> gauges, IdempotencyMeters meter,
			String tag) {
		counts.keySet().forEach((name) -> gauges.computeIfAbsent(name, (key) -> {
			AtomicLong depth = new AtomicLong();
			Gauge.builder(meter.getName(), depth, AtomicLong::get)
				.description(meter.description())
				.tags(tag, key)
				.register(this.registry);
			return depth;
		}));
		gauges.forEach((name, depth) -> depth.set(counts.getOrDefault(name, 0L)));
	}

}
