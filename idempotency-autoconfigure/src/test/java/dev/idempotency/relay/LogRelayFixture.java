// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.Lanes;
import org.junit.jupiter.api.BeforeEach;

/**
 * A relay of one destination, driven by hand.
 */
abstract class LogRelayFixture {

	static final String DESTINATION = "fake:a";

	static final Duration LONG = Duration.ofHours(1);

	final HandTime time = new HandTime();

	final ScriptedTransport transport = new ScriptedTransport(this.time);

	final List<RelayEvent> events = new ArrayList<>();

	final AtomicInteger hurries = new AtomicInteger();

	final LaneTable lanes = new LaneTable(this.time::now);

	final Shutdown shutdown = new Shutdown(this.time::now);

	final FakeStore store = new FakeStore(this.time::now);

	final FakeLog log = new FakeLog();

	LogRelay relay;

	Executor threads = Runnable::run;

	Duration heartbeat;

	@BeforeEach
	void create() {
		create(3);
	}

	void create(int maxAttempts) {
		this.lanes.hold(this.store.acquire("me", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG),
				LONG.toNanos());
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10),
				new RelaySettings.Batching(2, 8, Duration.ofSeconds(5), 8), RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, 100),
				new RelaySettings.Poison(maxAttempts, PoisonPolicy.HALT_KEY, Map.of()), Duration.ofSeconds(5),
				this.heartbeat);
		PumpParts parts = new PumpParts(this.store, this.log, this.lanes, new Transports(List.of(this.transport)),
				settings, this.events::add, this.time.timing(), this.shutdown, this.hurries::incrementAndGet,
				this.threads);
		this.relay = new LogRelay(DESTINATION, this.log, parts, new DestinationState(DESTINATION, parts),
				parts.timing().signals().create(), new Pauses(settings.retrying(), parts.timing()));
	}

	void write(String... keys) {
		for (String key : keys) {
			this.log.rows.add(Messages.message(this.log.rows.size() + 1, key));
		}
	}

}
