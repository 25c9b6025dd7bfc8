// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogRelayTests extends LogRelayFixture {

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
	void aPageIsClosedWhenTheNextHasBeenReadBesideIt() {
		this.threads = (task) -> this.time.after(Duration.ofMillis(50), task);
		create();
		write("a", "b", "c", "d", "e", "f", "g", "h", "i");
		this.log.whileReadingAhead = () -> {
			assertThat(this.transport.sent).hasSize(8);
			assertThat(this.log.closed).isZero();
		};
		this.relay.runOnce();
		assertThat(this.log.readAhead).isOne();
		assertThat(this.log.closed).isEqualTo(8);
	}

	@Test
	void nothingIsReadBesideTheLastPageOfABatch() {
		write("a");
		this.relay.runOnce();
		assertThat(this.log.readAhead).isZero();
	}

	@Test
	void aPageInTroubleDoesNotRest() {
		write("a");
		this.log.held.add("z");
		this.relay.runOnce();
		assertThat(this.log.closed).isOne();
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
	void aPageThatIsSentInPartKeepsItsLanesAndIsClosedWithoutTheRestToHandThemOver() {
		write("a", "b");
		this.transport.lose(2);
		this.relay.runOnce();
		assertThat(this.relay.begun()).isTrue();
		assertThat(this.lanes.keepOnly(Set.of(1))).isEmpty();
		this.relay.runOnce();
		assertThat(this.transport.sent).containsExactly(1L, 2L);
		assertThat(this.log.closed).isEqualTo(2);
		assertThat(this.log.aside).extracting((one) -> one.message().position()).containsExactly(2L);
		assertThat(this.relay.begun()).isFalse();
		assertThat(this.lanes.keepOnly(Set.of(1))).hasSize(Lanes.COUNT - 1);
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

}
