// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.idempotency.relay.RelayEvent;
import dev.idempotency.relay.RelayListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;

/**
 * Publishes decisions of the relay as meters. Gauges show what the relay last saw; no
 * scrape asks the database.
 */
public final class RelayMeters implements RelayListener {

	private final MeterRegistry registry;

	private final ConcurrentMap<String, Destination> destinations = new ConcurrentHashMap<>();

	private final AtomicLong lanes = new AtomicLong();

	/**
	 * Creates the adapter.
	 * @param registry where meters go
	 */
	public RelayMeters(MeterRegistry registry) {
		this.registry = registry;
		Gauge.builder(IdempotencyMeters.RELAY_LANES.getName(), this.lanes, AtomicLong::get)
			.description(IdempotencyMeters.RELAY_LANES.description())
			.register(registry);
	}

	@Override
	public void on(RelayEvent event) {
		if (event instanceof RelayEvent.Published published) {
			Destination destination = destination(published.message().destination());
			destination.published.increment();
			destination.latency.record(published.age());
		}
		else if (event instanceof RelayEvent.Refused refused) {
			count(refused.message().destination(), "refused", 1);
		}
		else if (event instanceof RelayEvent.Parked parked) {
			count(parked.message().destination(), "parked", 1);
		}
		else if (event instanceof RelayEvent.Unavailable unavailable) {
			count(unavailable.destination(), "unavailable", 1);
		}
		else if (event instanceof RelayEvent.Fenced fenced) {
			count(fenced.destination(), "fenced", fenced.messages());
		}
		else if (event instanceof RelayEvent.Breaker breaker) {
			destination(breaker.destination()).breakerOpen.set(breaker.open() ? 1 : 0);
		}
		else if (event instanceof RelayEvent.Observed observed) {
			Destination destination = destination(observed.destination());
			destination.depth.set(observed.backlog().depth());
			destination.oldestMillis.set(observed.backlog().oldest().toMillis());
		}
		else if (event instanceof RelayEvent.LanesChanged changed) {
			this.lanes.set(changed.held());
			lanes("taken_over", changed.takenOver());
			lanes("lost", changed.lost());
		}
	}

	private void count(String destination, String result, int messages) {
		counter(this.registry, destination, result).increment(messages);
	}

	private static Counter counter(MeterRegistry registry, String destination, String result) {
		return Counter.builder(IdempotencyMeters.OUTBOX_MESSAGES.getName())
			.description(IdempotencyMeters.OUTBOX_MESSAGES.description())
			.tags("destination", destination, "result", result)
			.register(registry);
	}

	private void lanes(String change, int lanes) {
		Counter.builder(IdempotencyMeters.RELAY_LANE_CHANGES.getName())
			.description(IdempotencyMeters.RELAY_LANE_CHANGES.description())
			.tags("change", change)
			.register(this.registry)
			.increment(lanes);
	}

	private Destination destination(String name) {
		return this.destinations.computeIfAbsent(name, (key) -> new Destination(key, this.registry));
	}

	/**
	 * What was last seen of a destination, and the meters of every message at hand:
	 * looking them up costs more than counting.
	 */
	private static final class Destination {

		private final AtomicLong depth = new AtomicLong();

		private final AtomicLong oldestMillis = new AtomicLong();

		private final AtomicLong breakerOpen = new AtomicLong();

		private final Counter published;

		private final Timer latency;

		private Destination(String name, MeterRegistry registry) {
			Tags tags = Tags.of("destination", name);
			this.published = counter(registry, name, "published");
			this.latency = Timer.builder(IdempotencyMeters.OUTBOX_LATENCY.getName())
				.description(IdempotencyMeters.OUTBOX_LATENCY.description())
				.tags(tags)
				.register(registry);
			Gauge.builder(IdempotencyMeters.OUTBOX_DEPTH.getName(), this.depth, AtomicLong::get)
				.description(IdempotencyMeters.OUTBOX_DEPTH.description())
				.tags(tags)
				.register(registry);
			TimeGauge
				.builder(IdempotencyMeters.OUTBOX_OLDEST_AGE.getName(), this.oldestMillis, TimeUnit.MILLISECONDS,
						AtomicLong::get)
				.description(IdempotencyMeters.OUTBOX_OLDEST_AGE.description())
				.tags(tags)
				.register(registry);
			Gauge.builder(IdempotencyMeters.RELAY_BREAKER_OPEN.getName(), this.breakerOpen, AtomicLong::get)
				.description(IdempotencyMeters.RELAY_BREAKER_OPEN.description())
				.tags(tags)
				.register(registry);
		}

	}

}
