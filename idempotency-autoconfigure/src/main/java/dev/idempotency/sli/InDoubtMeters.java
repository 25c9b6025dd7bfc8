// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.idempotency.inbox.DoubtStore.Depth;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Publishes how many external effects are in doubt, and for how long. Gauges show what
 * was counted last; no scrape asks the database.
 */
public final class InDoubtMeters {

	private final MeterRegistry registry;

	private final ConcurrentMap<String, AtomicLong> counts = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, AtomicLong> ages = new ConcurrentHashMap<>();

	/**
	 * Creates the meters.
	 * @param registry where meters go
	 */
	public InDoubtMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Shows a count. What was there before and is gone now shows zero.
	 * @param now what was counted, by flow
	 */
	public void show(Map<String, Depth> now) {
		now.keySet().forEach((flow) -> {
			this.counts.computeIfAbsent(flow, (it) -> gauge(IdempotencyMeters.IN_DOUBT, it, 1));
			this.ages.computeIfAbsent(flow,
					(it) -> gauge(IdempotencyMeters.IN_DOUBT_OLDEST_AGE, it, TimeUnit.SECONDS.toMillis(1)));
		});
		this.counts.forEach((flow, count) -> count.set(now.getOrDefault(flow, Depth.NONE).count()));
		this.ages.forEach((flow, age) -> age.set(now.getOrDefault(flow, Depth.NONE).oldest().toMillis()));
	}

	private AtomicLong gauge(IdempotencyMeters meter, String flow, double unit) {
		AtomicLong value = new AtomicLong();
		Gauge.builder(meter.getName(), value, (it) -> it.get() / unit)
			.description(meter.description())
			.tags("flow", flow)
			.register(this.registry);
		return value;
	}

}
