// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.Lanes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What was set aside from the log and what comes behind it in the log take turns, and
 * neither overtakes the other.
 */
class DestinationRelayTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final HandTime time = new HandTime();

	private final ScriptedTransport transport = new ScriptedTransport(this.time);

	private final List<RelayEvent> events = new ArrayList<>();

	private final LaneTable lanes = new LaneTable(this.time::now);

	private final FlakyStore store = new FlakyStore();

	private final FakeLog log = new FakeLog();

	private final Shutdown shutdown = new Shutdown(this.time::now);

	private DestinationRelay relay;

	@BeforeEach
	void create() {
		this.lanes.hold(this.store.acquire("me", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG),
				LONG.toNanos());
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10),
				new RelaySettings.Batching(2, 8, Duration.ofSeconds(5), 8), RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, 100),
				new RelaySettings.Poison(3, PoisonPolicy.HALT_KEY, Map.of()), Duration.ofSeconds(5));
		PumpParts parts = new PumpParts(this.store, this.log, this.lanes, new Transports(List.of(this.transport)),
				settings, this.events::add, this.time.timing(), this.shutdown, () -> {
				}, Runnable::run);
		this.relay = new DestinationRelay("fake:a", parts, new DestinationState("fake:a", parts),
				parts.timing().signals().create());
	}

	@Test
	void whatWasSetAsideBeforeItStartedIsFoundWithoutAPoll() {
		wait(90, "a");
		this.relay.runOnce(false);
		assertThat(this.transport.sent).containsExactly(90L);
		assertThat(this.relay.found()).isTrue();
	}

	@Test
	void theStoreIsLeftAloneUntilThereIsTroubleOrAPollSeesSomething() {
		this.relay.runOnce(false);
		int before = this.store.reads;
		assertThat(this.relay.found()).isFalse();
		write("a");
		this.relay.runOnce(false);
		assertThat(this.relay.found()).isTrue();
		settle();
		assertThat(this.store.reads).isEqualTo(before);
		wait(90, "z");
		this.relay.runOnce(false);
		assertThat(this.transport.sent).containsExactly(1L);
		this.relay.runOnce(true);
		assertThat(this.transport.sent).containsExactly(1L, 90L);
	}

	@Test
	void aPageThatTellsOfTroubleLeadsToTheStore() {
		this.relay.runOnce(false);
		wait(90, "z");
		write("a");
		this.log.held.add("z");
		this.relay.runOnce(false);
		assertThat(this.transport.sent).containsExactly(1L, 90L);
	}

	@Test
	void asLongAsTheStoreHasSomethingItIsLookedAtAgain() {
		IntStream.range(90, 95).forEach((position) -> wait(position, "k" + position));
		for (int round = 0; round < 3; round++) {
			this.relay.runOnce(false);
		}
		assertThat(this.transport.sent).containsExactly(90L, 91L, 92L, 93L, 94L);
	}

	@Test
	void whatIsRefusedIsSentAgainFromTheStoreAfterAPause() {
		write("a");
		this.transport.refuse(1);
		this.relay.runOnce(false);
		assertThat(this.log.aside).hasSize(1);
		wait(1, "a");
		this.relay.runOnce(true);
		assertThat(this.transport.sent).containsExactly(1L);
		this.transport.confirm(1);
		this.time.pass(Duration.ofSeconds(2));
		this.relay.runOnce(true);
		assertThat(this.transport.sent).containsExactly(1L, 1L);
		assertThat(this.store.settled).containsExactly(1L);
	}

	@Test
	void whatGoesAsideIsLookedForInTheSameRound() {
		write("a");
		this.log.held.add("a");
		wait(90, "a");
		this.relay.runOnce(false);
		assertThat(this.transport.sent).containsExactly(90L);
		this.log.held.clear();
		this.relay.runOnce(false);
		int before = this.store.reads;
		write("b", "c");
		this.transport.refuse(3);
		this.relay.runOnce(false);
		assertThat(this.store.reads).isGreaterThan(before);
	}

	@Test
	void theLogWaitsForABatchOfTheStoreThatIsNotSettled() {
		wait(90, "a");
		this.store.failures = 2;
		assertThatIllegalStateException().isThrownBy(() -> this.relay.runOnce(false));
		assertThat(this.relay.owes()).isTrue();
		write("b");
		assertThatIllegalStateException().isThrownBy(() -> this.relay.runOnce(false));
		assertThat(this.transport.sent).containsExactly(90L);
		this.relay.runOnce(false);
		assertThat(this.relay.owes()).isFalse();
		this.relay.runOnce(false);
		assertThat(this.transport.sent).containsExactly(90L, 1L);
	}

	@Test
	void theStoreWaitsForAPageThatIsNotClosed() {
		write("a");
		wait(90, "z");
		this.relay.runOnce(false);
		assertThat(this.relay.owes()).isTrue();
		assertThat(this.transport.sent).containsExactly(1L);
		this.relay.runOnce(false);
		assertThat(this.relay.owes()).isFalse();
		assertThat(this.transport.sent).containsExactly(1L, 90L);
	}

	@Test
	void aPauseOfTheStoreDoesNotHoldUpTheLog() {
		wait(90, "a");
		this.transport.refuse(90);
		assertThat(this.relay.runOnce(false).nanos()).isLessThan(Duration.ofSeconds(2).toNanos());
		IntStream.range(0, 20).forEach((index) -> write("k" + index));
		assertThat(this.relay.runOnce(false)).isEqualTo(Wait.NONE);
	}

	@Test
	void aBatchOfTheStoreThatIsNotAnsweredHoldsUpTheLogForAMoment() {
		wait(90, "a");
		CompletableFuture<SendResult> answer = new CompletableFuture<>();
		this.transport.answer(90, () -> answer);
		this.relay.runOnce(false);
		write("b");
		long begin = this.time.now();
		this.relay.runOnce(false);
		settle();
		assertThat(this.transport.sent).containsExactly(90L, 1L);
		assertThat(this.log.closed).isOne();
		assertThat(this.time.now() - begin).isLessThan(Duration.ofMillis(100).toNanos());
		answer.complete(new SendResult.Confirmed());
		this.relay.runOnce(false);
		assertThat(this.store.settled).containsExactly(90L);
	}

	@Test
	void aStoppingRelaySettlesTheBatchThatIsNotAnsweredYetAndBeginsNothing() {
		wait(90, "a");
		this.transport.answer(90, () -> {
			CompletableFuture<SendResult> answer = new CompletableFuture<>();
			this.time.after(Duration.ofSeconds(3), () -> answer.complete(new SendResult.Confirmed()));
			return answer;
		});
		this.relay.runOnce(false);
		write("b");
		this.shutdown.begin(Duration.ofSeconds(5).toNanos());
		assertThat(this.relay.begun()).isTrue();
		this.relay.runOnce(false);
		assertThat(this.store.settled).containsExactly(90L);
		assertThat(this.transport.sent).containsExactly(90L);
		assertThat(this.relay.begun()).isFalse();
	}

	@Test
	void aBatchOfTheStoreThatIsNotAnsweredIsBegun() {
		wait(90, "a");
		this.transport.answer(90, CompletableFuture::new);
		this.relay.runOnce(false);
		assertThat(this.relay.begun()).isTrue();
		assertThat(this.lanes.keepOnly(Set.of())).isEmpty();
		this.relay.abandon();
		assertThat(this.relay.begun()).isFalse();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void theBreakerOfTheStoreIsNotThatOfTheDestination() {
		IntStream.range(90, 95).forEach((position) -> {
			wait(position, "k" + position);
			this.transport.lose(position);
		});
		for (int round = 0; round < 4; round++) {
			this.relay.runOnce(false);
			assertThat(this.relay.runOnce(false).wakeable()).isTrue();
			this.time.pass(Duration.ofSeconds(1));
		}
		this.relay.runOnce(false);
		assertThat(this.transport.sent).as("probes").hasSizeGreaterThan(4);
		assertThat(this.relay.status(null).breaker()).isEqualTo(RelayStatus.Breaker.CLOSED);
		assertThat(this.relay.status(null).lastError()).contains("as told");
		assertThat(this.relay.pauses()).isTrue();
		assertThat(this.events).isNotEmpty().noneMatch((event) -> event instanceof RelayEvent.Breaker);
		write("a");
		this.relay.runOnce(false);
		assertThat(this.transport.sent).endsWith(1L);
	}

	@Test
	void whatIsSentInPartIsBegun() {
		write("a", "b");
		this.transport.lose(2);
		this.relay.runOnce(false);
		assertThat(this.relay.begun()).isTrue();
		this.relay.abandon();
		assertThat(this.relay.begun()).isFalse();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void aBatchOfTheStoreThatIsAbandonedGivesItsLanesBack() {
		wait(90, "a");
		this.store.failures = 1;
		assertThatIllegalStateException().isThrownBy(() -> this.relay.runOnce(false));
		this.relay.abandon();
		assertThat(this.relay.owes()).isFalse();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	private void settle() {
		this.relay.runOnce(false);
		this.relay.runOnce(false);
		this.relay.runOnce(false);
	}

	private void write(String... keys) {
		for (String key : keys) {
			this.log.rows.add(Messages.message(this.log.rows.size() + 1, key));
		}
	}

	private void wait(long position, String key) {
		this.store.waiting.put(position, Messages.message(position, key));
	}

	private final class FlakyStore extends FakeStore {

		private int reads;

		private int failures;

		private FlakyStore() {
			super(DestinationRelayTests.this.time::now);
		}

		@Override
		public Batch read(String destination, Collection<Lease> leases, int limit) {
			this.reads++;
			return super.read(destination, leases, limit);
		}

		@Override
		public boolean settle(Batch batch, Collection<Long> confirmed) {
			if (this.failures > 0) {
				this.failures--;
				throw new IllegalStateException("away");
			}
			return super.settle(batch, confirmed);
		}

	}

}
