// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DestinationPumpTests {

	private final HandTime time = new HandTime();

	private final ScriptedTransport transport = new ScriptedTransport(this.time);

	private final List<Runnable> started = new ArrayList<>();

	private final List<RelayEvent> events = new ArrayList<>();

	private final Shutdown shutdown = new Shutdown(this.time::now);

	private final LaneTable lanes = new LaneTable(this.time::now);

	private int outage;

	private int rounds;

	private Runnable afterRead = () -> {
	};

	private final FakeStore store = new FakeStore(this.time::now) {
		@Override
		public Set<String> haltedKeys(String destination) {
			DestinationPumpTests.this.rounds++;
			if (DestinationPumpTests.this.outage-- > 0) {
				throw new IllegalStateException("away");
			}
			return super.haltedKeys(destination);
		}

		@Override
		public Batch read(String destination, Collection<Lease> leases, int limit) {
			Batch batch = super.read(destination, leases, limit);
			Runnable action = DestinationPumpTests.this.afterRead;
			DestinationPumpTests.this.afterRead = () -> {
			};
			action.run();
			return batch;
		}
	};

	private final Pumps pumps = pumps();

	@Test
	void relaysWhatWaitsAndWhatItIsWokenForAndEndsWhenLongIdle() {
		write("fake:a");
		this.pumps.serve("fake:a");
		this.time.after(Duration.ofSeconds(10), () -> {
			write("fake:a");
			assertThat(this.pumps.wake("fake:a")).isTrue();
		});
		this.started.get(0).run();
		assertThat(this.store.settled).hasSize(2);
		assertThat(this.time.now()).isBetween(Duration.ofSeconds(70).toNanos(), Duration.ofSeconds(131).toNanos());
		assertThat(this.pumps.wake("fake:a")).isFalse();
		this.pumps.serve("fake:a");
		assertThat(this.started).hasSize(2);
	}

	@Test
	void goesOnAfterAnOutageOfTheStore() {
		this.outage = 5;
		write("fake:a");
		this.pumps.serve("fake:a");
		this.started.get(0).run();
		assertThat(this.store.settled).hasSize(1);
	}

	@Test
	void wakeUpDoesNotCutABackOffShort() {
		OutboxRecord row = write("fake:a");
		this.transport.lose(row.position());
		this.pumps.serve("fake:a");
		for (int i = 1; i < 90; i++) {
			this.time.after(Duration.ofMillis(i), () -> this.pumps.wake("fake:a"));
		}
		this.time.after(Duration.ofMillis(95), this::stop);
		this.started.get(0).run();
		assertThat(this.transport.sent).hasSize(1);
	}

	@Test
	void wakeUpsDoNotHurryAStoreThatIsAway() {
		this.outage = 1000;
		this.pumps.serve("fake:a");
		for (int i = 1; i < 100; i++) {
			this.time.after(Duration.ofMillis(i * 10), () -> this.pumps.wake("fake:a"));
		}
		this.time.after(Duration.ofSeconds(1), this::stop);
		this.started.get(0).run();
		assertThat(this.rounds).isLessThan(6);
	}

	@Test
	void pumpWokenAtTheLastMomentDoesNotEnd() {
		this.afterRead = () -> {
			this.time.pass(Duration.ofSeconds(61));
			write("fake:a");
			this.pumps.wake("fake:a");
		};
		this.pumps.serve("fake:a");
		this.started.get(0).run();
		assertThat(this.store.settled).hasSize(1);
	}

	@Test
	void countsWhatOnlyAPollFound() {
		write("fake:a");
		this.pumps.serve("fake:a");
		this.time.after(Duration.ofSeconds(1), () -> {
			write("fake:a");
			this.pumps.serve("fake:a");
		});
		this.time.after(Duration.ofSeconds(2), () -> {
			write("fake:a");
			this.pumps.wake("fake:a");
		});
		this.started.get(0).run();
		assertThat(this.store.settled).hasSize(3);
		assertThat(this.pumps.foundByPoll()).isOne();
	}

	@Test
	void destinationsBeyondTheBoundWaitForRoom() {
		write("fake:a");
		write("fake:b");
		write("fake:c");
		List.of("fake:a", "fake:b", "fake:c").forEach(this.pumps::serve);
		assertThat(this.started).hasSize(2);
		this.started.get(0).run();
		this.pumps.serve("fake:c");
		assertThat(this.started).hasSize(3);
	}

	@Test
	void openBreakerIsForgottenWhenNothingWaitsAnyMore() {
		for (int i = 0; i < 3; i++) {
			this.transport.lose(write("fake:a").position());
		}
		this.pumps.serve("fake:a");
		this.time.after(Duration.ofSeconds(3), this.store.waiting::clear);
		this.started.get(0).run();
		assertThat(this.events).endsWith(new RelayEvent.Breaker("fake:a", false));
	}

	@Test
	void aPageOfTheLogThatIsSentInPartIsClosedWhenTheRelayStops() {
		FakeLog log = twoMessages();
		this.transport.lose(2);
		Pumps pumps = pumps(log);
		pumps.serve("fake:a");
		this.time.after(Duration.ofMillis(50), () -> {
			assertThat(log.closed).isZero();
			this.shutdown.begin(Duration.ofSeconds(1).toNanos());
			pumps.stop();
		});
		this.started.get(0).run();
		assertThat(log.closed).isEqualTo(2);
		assertThat(log.aside).extracting((one) -> one.message().position()).containsExactly(2L);
	}

	@Test
	void aPumpThatEndsGivesBackTheLanesOfAPageThatItCouldNotClose() {
		FakeLog log = twoMessages();
		log.failures = 1000;
		pumps(log).serve("fake:a");
		this.time.after(Duration.ofSeconds(1), this::stop);
		this.started.get(0).run();
		assertThat(log.closed).isZero();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	private static FakeLog twoMessages() {
		FakeLog log = new FakeLog();
		log.rows.add(Messages.message(1, "a"));
		log.rows.add(Messages.message(2, "b"));
		return log;
	}

	private void stop() {
		this.shutdown.begin(0);
		this.pumps.stop();
	}

	private Pumps pumps() {
		return pumps(null);
	}

	private Pumps pumps(@Nullable OutboxLog log) {
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10),
				new RelaySettings.Batching(6, 6, Duration.ofSeconds(5), 2), RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, 0.2),
				new RelaySettings.Poison(2, PoisonPolicy.HALT_KEY, Map.of()), Duration.ofSeconds(5));
		Duration hour = Duration.ofHours(1);
		List<Integer> all = IntStream.range(0, Lanes.COUNT).boxed().toList();
		this.lanes.hold(this.store.acquire("me", all, hour), hour.toNanos());
		PumpParts parts = new PumpParts(this.store, log, this.lanes, new Transports(List.of(this.transport)), settings,
				this.events::add, this.time.timing(), this.shutdown, () -> {
				}, Runnable::run);
		return new Pumps(parts, new Crew((work) -> {
			this.started.add(work);
			return new Thread(() -> {
			});
		}, this.time.timing()));
	}

	private OutboxRecord write(String destination) {
		OutboxRecord row = this.store.insert(Messages.message(destination, null, "m"));
		this.store.commit(row);
		return row;
	}

}
