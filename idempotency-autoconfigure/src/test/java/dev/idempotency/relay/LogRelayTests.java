// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

class LogRelayTests {

	private static final String DESTINATION = "fake:a";

	private static final Duration LONG = Duration.ofHours(1);

	private final HandTime time = new HandTime();

	private final ScriptedTransport transport = new ScriptedTransport(this.time);

	private final List<RelayEvent> events = new ArrayList<>();

	private final AtomicInteger hurries = new AtomicInteger();

	private final LaneTable lanes = new LaneTable(this.time::now);

	private final Shutdown shutdown = new Shutdown(this.time::now);

	private final FakeStore store = new FakeStore(this.time::now);

	private final FakeLog log = new FakeLog();

	private LogRelay relay;

	private Duration heartbeat;

	@BeforeEach
	void create() {
		create(3);
	}

	private void create(int maxAttempts) {
		create(maxAttempts, 100);
	}

	private void create(int maxAttempts, double retryShare) {
		this.lanes.hold(this.store.acquire("me", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG),
				LONG.toNanos());
		RelaySettings settings = new RelaySettings(Duration.ofSeconds(10),
				new RelaySettings.Batching(2, 8, Duration.ofSeconds(5), 8), RelaySettings.Polling.defaults(),
				new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, retryShare),
				new RelaySettings.Poison(maxAttempts, PoisonPolicy.HALT_KEY, Map.of()), Duration.ofSeconds(5),
				this.heartbeat);
		PumpParts parts = new PumpParts(this.store, this.log, this.lanes, new Transports(List.of(this.transport)),
				settings, this.events::add, this.time.timing(), this.shutdown, this.hurries::incrementAndGet);
		this.relay = new LogRelay(DESTINATION, this.log, parts, new DestinationState(DESTINATION, parts),
				parts.timing().signals().create(), new Pauses(settings.retrying(), parts.timing()));
	}

	private void write(String... keys) {
		for (String key : keys) {
			this.log.rows.add(Messages.message(this.log.rows.size() + 1, key));
		}
	}

	@Test
	void aPageIsSentAndClosedWithTheNext() {
		write("a", "b", null, "a", "b", "c", "d", "e", "f");
		assertThat(this.relay.runOnce()).isEqualTo(Wait.NONE);
		assertThat(this.log.closed).isEqualTo(8);
		assertThat(this.log.readAhead).isOne();
		assertThat(this.events).hasSize(8).allMatch((event) -> event instanceof RelayEvent.Published);
		assertThat(this.relay.found()).isTrue();
		this.relay.runOnce();
		assertThat(this.relay.runOnce().nanos()).isEqualTo(Long.MAX_VALUE);
		assertThat(this.log.closed).isEqualTo(9);
		assertThat(this.relay.runOnce().wakeable()).isTrue();
		assertThat(this.relay.found()).isFalse();
		assertThat(this.log.claims).isOne();
	}

	@Test
	void theEndOfABatchRestsSoThatWhatComesMeanwhileIsReadByTheStatementThatClosesIt() {
		write("a");
		Wait wait = this.relay.runOnce();
		assertThat(wait.wakeable()).isTrue();
		assertThat(wait.nanos()).isBetween(1L, Duration.ofMillis(50).toNanos());
		assertThat(this.transport.sent).containsExactly(1L);
		assertThat(this.log.closed).isZero();
		assertThat(this.relay.owes()).isTrue();
		write("b");
		this.relay.runOnce();
		assertThat(this.log.closed).isOne();
		assertThat(this.log.reads).isEqualTo(2);
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L, 2L);
		assertThat(this.log.closed).isOne();
		this.relay.runOnce();
		assertThat(this.log.closed).isEqualTo(2);
		assertThat(this.relay.owes()).isFalse();
	}

	@Test
	void theLanesOfAPageThatRestsAreGivenAwayWhenItIsClosed() {
		write("a");
		this.relay.runOnce();
		assertThat(this.lanes.keepOnly(Set.of())).isEmpty();
		this.relay.runOnce();
		assertThat(this.log.closed).isOne();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void aPageInTheMiddleOfABatchDoesNotRest() {
		write("a", "b", "c", "d", "e", "f", "g", "h", "i");
		this.relay.runOnce();
		assertThat(this.log.closed).isEqualTo(8);
	}

	@Test
	void aPageInTroubleDoesNotRest() {
		write("a");
		this.log.held.add("z");
		this.relay.runOnce();
		assertThat(this.log.closed).isOne();
	}

	@Test
	void whatIsRefusedGoesAsideWithWhatIsBehindIt() {
		write("a", "b", "a", "a");
		this.transport.refuse(3);
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactlyInAnyOrder(1L, 2L, 3L);
		assertThat(this.log.aside).extracting((one) -> one.message().position(), OutboxLog.Aside::attempts)
			.containsExactly(tuple(3L, 1), tuple(4L, 0));
		assertThat(this.log.closed).isEqualTo(4);
		assertThat(this.relay.troubled()).isTrue();
		assertThat(this.events).filteredOn((event) -> event instanceof RelayEvent.Refused).hasSize(1);
	}

	@Test
	void aMessageWithoutAttemptsLeftIsParkedAtOnce() {
		create(1);
		write("a", "b");
		this.store.waiting.put(1L, this.log.rows.get(0));
		this.transport.refuse(1);
		this.relay.runOnce();
		assertThat(this.store.parked).containsOnlyKeys(1L);
		assertThat(this.store.haltedKeys(DESTINATION)).containsExactly("a");
		assertThat(this.events).filteredOn((event) -> event instanceof RelayEvent.Parked).hasSize(1);
	}

	@Test
	void keysThatAreHeldUpElsewhereAreNotSent() {
		write("a", "b");
		this.log.held.add("a");
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(2L);
		assertThat(this.log.aside).extracting((one) -> one.message().position()).containsExactly(1L);
		assertThat(this.relay.troubled()).isTrue();
	}

	@Test
	void aDestinationThatIsAwayMovesNothing() {
		write("a", "b", "c");
		List.of(1L, 2L, 3L).forEach(this.transport::lose);
		for (int round = 0; round < 10; round++) {
			assertThat(this.relay.runOnce().wakeable()).isFalse();
			this.time.pass(Duration.ofSeconds(2));
		}
		assertThat(this.log.closed).isZero();
		assertThat(this.log.aside).isEmpty();
		List.of(1L, 2L, 3L).forEach(this.transport::confirm);
		this.relay.runOnce();
		this.time.pass(Duration.ofSeconds(2));
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.log.closed).isEqualTo(3);
		assertThat(this.log.aside).isEmpty();
	}

	/**
	 * The last message of a stream got lost, and no other follows.
	 */
	@Test
	void consumersOfASilentStreamAreToldTheNextNumberAFewTimes() {
		this.heartbeat = Duration.ofSeconds(1);
		create();
		int lane = Lanes.of("a", "");
		this.log.rows.add(Messages.numbered(1, "a", lane));
		this.log.rows.add(Messages.numbered(2, "a", lane));
		this.relay.runOnce();
		assertThat(this.relay.runOnce().nanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
		assertThat(this.relay.watches()).isTrue();
		this.time.pass(Duration.ofMillis(900));
		this.relay.runOnce();
		assertThat(this.transport.messages).hasSize(2);
		for (int seconds = 0; seconds < 20; seconds++) {
			this.time.pass(Duration.ofSeconds(1));
			this.relay.runOnce();
		}
		List<OutboxRecord> heartbeats = this.transport.messages.subList(2, this.transport.messages.size());
		assertThat(heartbeats).hasSize(3).allSatisfy((one) -> {
			assertThat(one.isHeartbeat()).isTrue();
			assertThat(one.placement()).isEqualTo(Placement.of(lane, "fake:a", 0, "1", 3));
			assertThat(CloudEvents.attributes(one)).containsEntry("nextsequence", "0000000000000000003")
				.doesNotContainKey("sequence");
		});
		assertThat(this.relay.watches()).isFalse();
		assertThat(this.relay.runOnce().nanos()).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void whoeverDoesNotAskForHeartbeatsHearsNone() {
		this.log.rows.add(Messages.numbered(1, "a", 0));
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.relay.watches()).isFalse();
		this.time.pass(Duration.ofHours(1));
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L);
	}

	@Test
	void aDestinationThatDoesNotTellItsPartitionsIsAway() {
		write("a");
		this.log.partitionsUnknown = true;
		for (int round = 0; round < 3; round++) {
			assertThat(this.relay.runOnce().wakeable()).isFalse();
			this.time.pass(Duration.ofSeconds(2));
		}
		assertThat(this.events).filteredOn((event) -> event instanceof RelayEvent.Unavailable).hasSize(3);
		assertThat(this.events).filteredOn((event) -> event instanceof RelayEvent.Breaker).hasSize(1);
		this.log.partitionsUnknown = false;
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L);
		assertThat(this.log.closed).isEqualTo(1);
	}

	@Test
	void aDestinationThatIsAwayIsAskedByASingleMessage() {
		write("a", "b", "c", "d");
		List.of(1L, 2L, 3L, 4L).forEach(this.transport::lose);
		this.relay.runOnce();
		this.time.pass(Duration.ofSeconds(2));
		this.transport.sent.clear();
		this.relay.runOnce();
		assertThat(this.transport.sent).hasSize(1);
	}

	@Test
	void whatGotNoAnswerIsSentAgainAsFarAsTheBudgetGoes() {
		create(3, 0.01);
		write("a", "b", "c", "d", "e", "f", "g", "h");
		LongStream.rangeClosed(1, 8).forEach(this.transport::lose);
		this.relay.runOnce();
		LongStream.rangeClosed(1, 8).forEach(this.transport::confirm);
		this.time.pass(Duration.ofSeconds(2));
		this.transport.sent.clear();
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.transport.sent).hasSizeBetween(2, 7);
	}

	@Test
	void whatWasConfirmedIsNotSentAgainWhenTheRestIs() {
		write("a", "b");
		this.transport.lose(2);
		this.relay.runOnce();
		this.transport.confirm(2);
		this.time.pass(Duration.ofSeconds(2));
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L, 2L, 2L);
		assertThat(this.log.closed).isEqualTo(2);
		assertThat(this.log.aside).isEmpty();
	}

	@Test
	void aPageThatIsSentInPartKeepsItsLanesUntilItIsClosed() {
		write("a", "b");
		this.transport.lose(2);
		this.relay.runOnce();
		assertThat(this.relay.begun()).isTrue();
		assertThat(this.lanes.keepOnly(Set.of())).isEmpty();
		this.transport.confirm(2);
		this.time.pass(Duration.ofSeconds(2));
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L, 2L, 2L);
		assertThat(this.log.closed).isEqualTo(2);
		assertThat(this.relay.begun()).isFalse();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void aStoppingRelayClosesAtOnceWhatItSentInPart() {
		write("a", "b");
		this.transport.lose(2);
		this.relay.runOnce();
		this.shutdown.begin(Duration.ofSeconds(1).toNanos());
		this.relay.runOnce();
		assertThat(this.log.closed).isEqualTo(2);
		assertThat(this.log.aside).extracting((one) -> one.message().position()).containsExactly(2L);
	}

	@Test
	void aPageThatIsAbandonedGivesItsLanesBack() {
		write("a", "b");
		this.transport.lose(2);
		this.relay.runOnce();
		this.relay.abandon();
		assertThat(this.events).contains(new RelayEvent.Fenced(DESTINATION, 1));
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void whatIsNeverAnsweredWhileOthersAreGoesAside() {
		write("a", "b", "b");
		this.transport.lose(2);
		for (int round = 0; round < 4; round++) {
			assertThat(this.log.closed).isZero();
			this.relay.runOnce();
			this.time.pass(Duration.ofSeconds(2));
		}
		assertThat(this.log.closed).isEqualTo(3);
		assertThat(this.log.aside).extracting((one) -> one.message().position(), OutboxLog.Aside::attempts)
			.containsExactly(tuple(2L, 0), tuple(3L, 0));
	}

	@Test
	void aPageThatCouldNotBeClosedIsClosedBeforeAnythingElseAndNotSentAgain() {
		write("a");
		this.log.failures = 2;
		this.relay.runOnce();
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		assertThat(this.relay.owes()).isTrue();
		assertThat(this.lanes.keepOnly(Set.of())).as("lanes of a page that is owed").isEmpty();
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		assertThat(this.events).isEmpty();
		this.relay.runOnce();
		assertThat(this.relay.owes()).isFalse();
		assertThat(this.transport.sent).containsExactly(1L);
		assertThat(this.log.closed).isOne();
		assertThat(this.events).hasSize(1);
		assertThat(this.hurries).hasValue(1);
	}

	@Test
	void aPageOfWhichNothingIsSentIsOwedAsWell() {
		write("a");
		this.log.held.add("a");
		this.log.failures = 2;
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		assertThat(this.relay.owes()).isTrue();
		assertThat(this.relay.begun()).isFalse();
		assertThat(this.lanes.keepOnly(Set.of())).as("lanes of a page that is owed").isEmpty();
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		this.relay.runOnce();
		assertThat(this.relay.owes()).isFalse();
		assertThat(this.log.closed).isOne();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void aPageThatIsOwedAndAbandonedGivesItsLanesBack() {
		write("a");
		this.log.held.add("a");
		this.log.failures = 1;
		assertThatIllegalStateException().isThrownBy(this.relay::runOnce);
		this.relay.abandon();
		assertThat(this.relay.owes()).isFalse();
		assertThat(this.events).isEmpty();
		assertThat(this.lanes.keepOnly(Set.of())).hasSize(Lanes.COUNT);
	}

	@Test
	void aNodeWithoutLanesSleepsUntilItIsWoken() {
		write("a");
		this.lanes.keepOnly(Set.of());
		assertThat(this.relay.runOnce()).isEqualTo(Wait.idle(Long.MAX_VALUE));
		assertThat(this.hurries).hasValue(0);
		assertThat(this.log.claims).isZero();
	}

	@Test
	void afterTheShutdownBoundNothingIsSent() {
		write("a", "b");
		this.transport.answer(1, () -> {
			this.shutdown.begin(0);
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L);
		assertThat(this.log.closed).isZero();
	}

	@Test
	void aFencedPageIsLeftToTheNextOwner() {
		write("a", "b");
		this.transport.answer(1, () -> {
			this.log.claims++;
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.log.closed).isZero();
		assertThat(this.events).containsExactly(new RelayEvent.Fenced(DESTINATION, 2));
	}

	@Test
	void withoutTheLeasesNothingIsSent() {
		write("a");
		this.log.refusesClaims = true;
		this.relay.runOnce();
		assertThat(this.transport.sent).isEmpty();
		assertThat(this.lanes.borrow()).isEmpty();
		assertThat(this.hurries).hasPositiveValue();
	}

	@Test
	void aStoppingRelayFinishesItsPageAndOpensNoOther() {
		write("a", "a", "b", "c", "d", "e", "f", "g", "h");
		this.transport.answer(1, () -> {
			this.shutdown.begin(Duration.ofSeconds(1).toNanos());
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		assertThat(this.transport.sent).hasSize(8);
		assertThat(this.log.closed).isEqualTo(8);
		assertThat(this.log.open).isNull();
		assertThat(this.log.readAhead).isZero();
	}

	@Test
	void aStoppingRelayDoesNotRest() {
		write("a");
		this.transport.answer(1, () -> {
			this.shutdown.begin(Duration.ofSeconds(1).toNanos());
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		assertThat(this.log.closed).isOne();
	}

	@Test
	void aStoppingRelaySetsAsideWhatGotNoAnswer() {
		write("a", "b");
		this.transport.lose(2);
		this.transport.answer(1, () -> {
			this.shutdown.begin(Duration.ofSeconds(1).toNanos());
			return this.transport.later(new SendResult.Confirmed());
		});
		this.relay.runOnce();
		assertThat(this.log.closed).isEqualTo(2);
		assertThat(this.log.aside).extracting((one) -> one.message().position()).containsExactly(2L);
	}

}
