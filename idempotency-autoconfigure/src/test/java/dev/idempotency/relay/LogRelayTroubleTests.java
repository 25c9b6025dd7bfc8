// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.Set;
import java.util.stream.LongStream;

import dev.idempotency.outbox.Lanes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Pages whose messages are refused or not answered, and pages that cannot be closed.
 */
class LogRelayTroubleTests extends LogRelayFixture {

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
	void onceADestinationAnswersAgainAllItsMessagesAreSent() {
		write("a", "b", "c", "d", "e", "f", "g", "h");
		LongStream.rangeClosed(1, 8).forEach(this.transport::lose);
		this.relay.runOnce();
		LongStream.rangeClosed(1, 8).forEach(this.transport::confirm);
		this.time.pass(Duration.ofSeconds(2));
		this.transport.sent.clear();
		this.relay.runOnce();
		this.relay.runOnce();
		assertThat(this.transport.sent).hasSize(8);
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
	void whatIsNeverAnsweredWhileOthersAreGoesAside() {
		write("a", "b", "b");
		this.transport.lose(2);
		for (int round = 0; round < 15; round++) {
			this.relay.runOnce();
			assertThat(this.log.closed).isZero();
			this.time.pass(Duration.ofSeconds(2));
		}
		this.relay.runOnce();
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
