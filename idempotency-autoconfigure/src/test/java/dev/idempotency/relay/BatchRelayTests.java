// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class BatchRelayTests {

	private static final String DESTINATION = "fake:a";

	private static final Duration LONG = Duration.ofHours(1);

	private final HandTime time = new HandTime();

	private final ScriptedTransport transport = new ScriptedTransport(this.time);

	private final List<RelayEvent> events = new ArrayList<>();

	private final AtomicInteger hurries = new AtomicInteger();

	private final LaneTable lanes = new LaneTable(this.time::now);

	private final Shutdown shutdown = new Shutdown(this.time::now);

	private FakeStore store = new FakeStore(this.time::now);

	private BatchRelay relay;

	private DestinationState state;

	@BeforeEach
	void hold() {
		use(this.store);
	}

	@Test
	void publishesWhatWaitsAndTellsItsAge() {
		write("a", "b", null);
		assertThat(this.relay.runOnce()).isEqualTo(Wait.NONE);
		assertThat(this.store.settled).containsExactly(1L, 2L, 3L);
		assertThat(this.events).hasSize(3)
			.allSatisfy((event) -> assertThat(((RelayEvent.Published) event).age()).isEqualTo(Duration.ofMinutes(1)));
		assertThat(this.relay.runOnce().wakeable()).isTrue();
		assertThat(this.relay.found()).isFalse();
	}

	@Test
	void doesNothingWithoutALane() {
		this.lanes.clear();
		write("a");
		this.relay.runOnce();
		assertThat(this.transport.sent).isEmpty();
	}

	@Test
	void refusedMessageIsCountedPausedAndParkedWithItsKeyHalted() {
		write("a", "a", "b");
		this.transport.refuse(1);
		this.relay.runOnce();
		assertThat(this.store.waiting.get(1L).attempts()).isOne();
		assertThat(this.store.settled).containsExactly(3L);
		this.relay.runOnce();
		assertThat(this.transport.sent).as("pauses").containsExactly(1L, 3L);
		this.time.pass(Duration.ofMillis(100));
		this.relay.runOnce();
		assertThat(this.store.parked.keySet()).containsExactly(1L);
		this.relay.runOnce();
		assertThat(this.store.parked.keySet()).containsExactly(1L, 2L);
		assertThat(this.transport.sent).containsExactly(1L, 3L, 1L);
		assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
			.containsExactly("Published", "Refused", "Refused", "Parked", "Parked");
		assertThat(this.state.status(this.state, null).lastError()).contains("as told");
	}

	@Test
	void keyGoesOnBehindAParkedMessageIfThePolicySaysSo() {
		use(this.store, PoisonPolicy.PARK);
		write("a", "a");
		this.transport.refuse(1);
		this.relay.runOnce();
		this.time.pass(Duration.ofSeconds(1));
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.store.parked.keySet()).containsExactly(1L);
		assertThat(this.store.settled).containsExactly(2L);
	}

	@Test
	void refusedMessageWithoutKeyHaltsNothing() {
		write((String) null);
		this.transport.refuse(1);
		this.relay.runOnce();
		this.time.pass(Duration.ofSeconds(1));
		this.relay.runOnce();
		assertThat(this.store.parked.keySet()).containsExactly(1L);
		assertThat(this.store.haltedKeys(DESTINATION)).isEmpty();
	}

	@Test
	void keyResumedWhileItsMessagesWereReadGoesOnInOrder() {
		use(new FakeStore(this.time::now) {
			@Override
			public Batch read(String destination, Collection<Lease> leases, int limit) {
				Batch batch = super.read(destination, leases, limit);
				resume(destination);
				return batch;
			}
		});
		halted("a");
		write("a");
		assertThat(this.relay.runOnce()).isEqualTo(Wait.NONE);
		assertThat(this.transport.sent).isEmpty();
		assertThat(this.store.parked).isEmpty();
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L, 2L);
	}

	@Test
	void readsPastMessagesThatPause() {
		write("a", "a", "a", "a", "a", "a", "b");
		this.transport.refuse(1);
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.store.settled).isEmpty();
		this.relay.runOnce();
		assertThat(this.store.settled).containsExactly(7L);
	}

	@Test
	void readsPastLargeMessagesThatPause() {
		use(new FakeStore(this.time::now) {
			@Override
			public Batch read(String destination, Collection<Lease> leases, int limit) {
				return super.read(destination, leases, Math.max(1, limit / 3));
			}
		});
		write("a", "a", "a", "b");
		this.transport.refuse(1);
		for (int round = 0; round < 9; round++) {
			this.relay.runOnce();
		}
		assertThat(this.store.settled).containsExactly(4L);
	}

	@Test
	void fencedOwnerSettlesNothingAndSendsNothingMore() {
		write("a");
		this.time.pass(Duration.ofSeconds(1));
		this.transport.answer(1, () -> {
			steal();
			return this.transport.later(new SendResult.Confirmed());
		});
		Wait wait = this.relay.runOnce();
		assertThat(this.store.waiting.keySet()).containsExactly(1L);
		assertThat(this.events).containsExactly(new RelayEvent.Fenced(DESTINATION, 1));
		assertThat(this.hurries).hasPositiveValue();
		assertThat(wait.nanos()).isPositive();
		write("b", "a");
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L, 2L);
	}

	@Test
	void batchIsSettledOnceTheStoreIsBackAndNotSentAgain() {
		AtomicInteger failures = new AtomicInteger(2);
		use(new FakeStore(this.time::now) {
			@Override
			public boolean settle(Batch batch, Collection<Long> confirmed) {
				boolean settled = super.settle(batch, confirmed);
				if (failures.getAndDecrement() > 0) {
					throw new IllegalStateException("the answer was lost");
				}
				return settled;
			}
		});
		write("a");
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		assertThat(this.relay.owes()).isTrue();
		assertThat(this.lanes.keepOnly(Set.of())).as("in use").isEmpty();
		this.lanes.keepOnly(all());
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		this.relay.runOnce();
		assertThat(this.relay.owes()).isFalse();
		assertThat(this.transport.sent).containsExactly(1L);
		assertThat(this.events).hasSize(1);
	}

	@Test
	void leasesAreGivenBackHoweverTheRoundEnds() {
		use(new FakeStore(this.time::now) {
			@Override
			public Set<String> haltedKeys(String destination) {
				throw new IllegalStateException("away");
			}
		});
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void asksForTheHandOverOfALaneGivenBack() {
		write("a");
		this.transport.answer(1, () -> {
			this.lanes.keepOnly(Set.of());
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		assertThat(this.hurries).hasValue(1);
		assertThat(this.store.settled).containsExactly(1L);
	}

	@Test
	void breakerOpensProbesWithOneMessageAndCloses() {
		write("a", "b", "c", "d");
		for (long position = 1; position <= 4; position++) {
			this.transport.lose(position);
		}
		Wait wait = this.relay.runOnce();
		assertThat(wait.wakeable()).isFalse();
		assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
			.containsExactly("Unavailable", "Breaker");
		this.relay.runOnce();
		assertThat(this.transport.sent).as("pauses").hasSize(4);
		this.time.pass(Duration.ofNanos(wait.nanos()));
		this.relay.runOnce();
		assertThat(this.transport.sent).as("probe").hasSize(5);
		assertThat(this.state.status(this.state, null).breaker()).isEqualTo(RelayStatus.Breaker.OPEN);
		for (long position = 1; position <= 4; position++) {
			this.transport.confirm(position);
		}
		this.time.pass(Duration.ofSeconds(5));
		this.relay.runOnce();
		assertThat(this.transport.sent).as("second probe").hasSize(6);
		assertThat(this.events).contains(new RelayEvent.Breaker(DESTINATION, false));
		this.relay.runOnce();
		assertThat(this.store.waiting).isEmpty();
		assertThat(this.state.status(this.state, null).lastError()).isNull();
	}

	@Test
	void whatGotNoAnswerDuringAnOutageIsSentSoonAfterIt() {
		use(this.store, PoisonPolicy.HALT_KEY, new RelaySettings.Batching(500, 500, Duration.ofSeconds(5), 8));
		for (long position = 1; position <= 500; position++) {
			write("k" + position);
			this.transport.lose(position);
		}
		pump(Duration.ofMinutes(1));
		assertThat(this.transport.sent).as("probes").hasSizeBetween(540, 600);
		assertThat(Set.copyOf(this.transport.sent.subList(500, 540))).as("messages used to probe").hasSize(40);
		for (long position = 1; position <= 500; position++) {
			this.transport.confirm(position);
		}
		pump(Duration.ofSeconds(10));
		assertThat(this.store.settled).hasSize(500);
	}

	@Test
	void stoppingRelaySendsNothingNewAndSettlesWhatWasConfirmed() {
		write("a", "a");
		this.transport.answer(1, () -> {
			this.shutdown.begin(Duration.ofSeconds(1).toNanos());
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L);
		assertThat(this.store.settled).containsExactly(1L);
	}

	private void use(FakeStore used) {
		use(used, PoisonPolicy.HALT_KEY);
	}

	private void use(FakeStore used, PoisonPolicy policy) {
		use(used, policy, new RelaySettings.Batching(6, 6, Duration.ofSeconds(5), 8));
	}

	private void use(FakeStore used, PoisonPolicy policy, RelaySettings.Batching batching) {
		this.store = used;
		this.lanes.hold(used.acquire("me", all(), LONG), LONG.toNanos());
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10), batching, RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, 0.2),
				new RelaySettings.Poison(2, policy, Map.of()), Duration.ofSeconds(5));
		Timing timing = this.time.timing();
		PumpParts parts = new PumpParts(used, null, this.lanes, new Transports(List.of(this.transport)), settings,
				this.events::add, timing, this.shutdown, this.hurries::incrementAndGet, Runnable::run);
		this.state = new DestinationState(DESTINATION, parts);
		this.relay = new BatchRelay(DESTINATION, parts, this.state, timing.signals().create(),
				new Pauses(parts.settings().retrying(), parts.timing()), Long.MAX_VALUE);
	}

	private void pump(Duration time) {
		long end = this.time.now() + time.toNanos();
		while (this.time.now() < end) {
			long wait = this.relay.runOnce().nanos();
			this.time.pass(Duration.ofNanos(Math.min(Math.max(wait, 1000), end - this.time.now())));
		}
	}

	private void write(String... keys) {
		for (String key : keys) {
			OutboxRecord row = this.store.insert(Messages.message(DESTINATION, key, "id of " + key));
			this.store.commit(row);
		}
	}

	private void halted(String key) {
		write(key);
		OutboxRecord row = this.store.waiting.get(this.store.waiting.lastKey());
		Lease lease = this.lanes.leases().get(row.lane());
		this.store.park(lease, row, "poison", true);
	}

	private void steal() {
		int lane = Lanes.of("a", "");
		this.store.release("me", List.of(this.lanes.leases().get(lane)));
		this.store.acquire("thief", List.of(lane), LONG);
	}

	private static Set<Integer> all() {
		return Set.copyOf(IntStream.range(0, Lanes.COUNT).boxed().toList());
	}

}
