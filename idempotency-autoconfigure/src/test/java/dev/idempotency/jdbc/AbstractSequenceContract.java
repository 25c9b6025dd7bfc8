// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectFencedException;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Hole;
import dev.idempotency.inbox.Hole.Kind;
import dev.idempotency.inbox.LossWatch;
import dev.idempotency.inbox.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What numbered messages keep to, whatever the database.
 */
abstract class AbstractSequenceContract extends AbstractPositionFixture {

	@BeforeEach
	void own() {
		this.consumer.own(NUMBERS);
	}

	@Test
	void inOrderThereAreNoHoles() {
		apply(1, 2, 3);
		assertThat(held(2)).isFalse();
		assertThat(known().position()).isEqualTo(3);
		assertThat(known().holes()).isEmpty();
	}

	@Test
	void aGapIsOpenUntilItsMessagesCome() {
		apply(1, 6);
		assertThat(known().holes()).containsExactly(new Hole(2, 5, Kind.OPEN));
		String noticed = noticed();
		apply(4);
		assertThat(known().holes()).containsExactly(new Hole(2, 3, Kind.OPEN), new Hole(5, 5, Kind.OPEN));
		assertThat(noticed()).isEqualTo(noticed);
		apply(2, 5, 3);
		assertThat(known().holes()).isEmpty();
		assertThat(List.of(held(2), held(3), held(4), held(5), held(6))).containsOnly(false);
		assertThat(applied()).containsExactly(1, 2, 3, 4, 5, 6);
	}

	@Test
	void whatIsOlderThanTheFirstContactIsAppliedIfItComes() {
		apply(4);
		assertThat(known().holes()).containsExactly(new Hole(1, 3, Kind.UNSEEN));
		apply(2);
		assertThat(held(2)).isFalse();
		assertThat(known().holes()).containsExactly(new Hole(1, 1, Kind.UNSEEN), new Hole(3, 3, Kind.UNSEEN));
	}

	@Test
	void whatCameWhileTheFlowWasConsumedByKeysIsNoLoss() {
		apply(1, 2);
		this.consumer.streams.leave("flow");
		this.consumer = new Consumer();
		this.consumer.streams.own(NUMBERS, () -> 0);
		apply(9, 12);
		assertThat(known().holes()).containsExactly(new Hole(3, 8, Kind.UNSEEN), new Hole(10, 11, Kind.OPEN));
	}

	@Test
	void aHeartbeatAfterwardsTellsNoLossEither() {
		apply(1, 2);
		this.consumer.streams.leave("flow");
		this.consumer = new Consumer();
		this.consumer.streams.own(NUMBERS, () -> 0);
		this.consumer.streams.heard(NUMBERS, 6);
		assertThat(known().holes()).containsExactly(new Hole(3, 5, Kind.UNSEEN));
	}

	@Test
	void aMessageSetAsideIsAppliedWhenItComesAgain() {
		apply(1);
		park(2);
		apply(3);
		assertThat(known().holes()).containsExactly(new Hole(2, 2, Kind.PARKED));
		apply(2);
		assertThat(held(2)).isFalse();
		assertThat(known().holes()).isEmpty();
	}

	/**
	 * A replay has the key of the original and no place.
	 */
	@Test
	void aMessageReplayedByItsKeyIsNotAppliedFromItsHoleAsWell() {
		apply(1);
		park(2);
		this.consumer.apply(call(number(2).toString(), null), () -> insert(number(2)));
		assertThat(held(2)).isFalse();
		assertThat(applied()).containsExactly(1, 2);
		assertThat(known().holes()).isEmpty();
	}

	@Test
	void aMessageOfTheGapThatIsSetAsideIsNoLossAnyMore() {
		apply(1, 4);
		park(3);
		assertThat(known().holes()).containsExactly(new Hole(2, 2, Kind.OPEN), new Hole(3, 3, Kind.PARKED));
		park(3);
		assertThat(known().holes()).hasSize(2);
	}

	@Test
	void settingAsideAccountsForThePlaceOrDoesNothing() {
		JdbcParkingLot lot = new JdbcParkingLot(this.database.dataSource(), this.database.dialect(),
				this.consumer.streams);
		apply(1);
		lot.park(parked(2));
		lot.park(parked(2));
		assertThat(known().holes()).containsExactly(new Hole(2, 2, Kind.PARKED));
		assertThat(this.database.count("idempotency_parked")).isEqualTo(1);
		new Consumer().own(NUMBERS);
		assertThatExceptionOfType(EffectFencedException.class).isThrownBy(() -> lot.park(parked(3)));
		assertThat(this.database.count("idempotency_parked")).isEqualTo(1);
	}

	private static ParkedMessage parked(long number) {
		return new ParkedMessage("flow", ParkedMessage.Reason.ATTEMPTS_EXHAUSTED, "kafka", "orders",
				"orders-0@" + number, null, Map.of(), new byte[0], 1, "test", null, number(number));
	}

	@Test
	void whatIsForSomebodyElseLeavesNoHole() {
		apply(1);
		this.consumer.streams.pass(NUMBERS, number(2));
		apply(3);
		assertThat(known().holes()).isEmpty();
	}

	@Test
	void nobodyPassesOrParksInAStreamHeDoesNotOwn() {
		new Consumer().own(NUMBERS);
		assertThatExceptionOfType(EffectFencedException.class)
			.isThrownBy(() -> this.consumer.streams.pass(NUMBERS, number(1)));
		this.consumer.streams.forget(NUMBERS);
		assertThatExceptionOfType(EffectFencedException.class).isThrownBy(() -> park(1));
		assertThat(known().position()).isZero();
	}

	@Test
	void ofTwoThatFillTheSameHoleOneDoes() {
		apply(1, 3);
		Consumer zombie = this.consumer;
		this.consumer = new Consumer();
		this.consumer.own(NUMBERS);
		apply(2);
		assertThatExceptionOfType(EffectFencedException.class).isThrownBy(
				() -> zombie.apply(call("another key", number(2)), () -> insert(new Position.Offset(LOG, 0, 99))));
		assertThat(applied()).containsExactly(1, 2, 3);
	}

	/**
	 * Some are lost for good, one comes late, one was set aside, some are older than the
	 * first contact: only what is lost is counted.
	 */
	@Test
	void asManyAreReportedMissingAsWereLost() {
		apply(3, 4, 7, 8, 20, 6);
		park(9);
		JdbcMissingMessages missing = new JdbcMissingMessages(this.database.dataSource(), this.database.dialect());
		assertThat(missing.counts(Duration.ZERO)).containsExactly(Map.entry("flow", 11L));
		assertThat(missing.counts(Duration.ofMinutes(1))).isEmpty();
		List<EffectEvent> heard = new ArrayList<>();
		LossWatch watch = new LossWatch(missing, heard::add, Duration.ZERO);
		watch.look();
		watch.look();
		assertThat(heard).containsExactly(new EffectEvent.Missing("flow", NUMBERS.name(), 1),
				new EffectEvent.Missing("flow", NUMBERS.name(), 10));
		apply(5);
		watch.look();
		assertThat(heard).hasSize(2);
		assertThat(missing.oldest(Duration.ZERO, 10)).singleElement()
			.satisfies((gap) -> assertThat(gap.count()).isEqualTo(10));
	}

	@Test
	void anotherEpochIsAnotherStream() {
		apply(1, 2);
		Position first = Position.Sequence.of("shop", "orders", "2", 1);
		this.consumer.own(new dev.idempotency.inbox.Stream("flow", first.stream()));
		assertThat(this.consumer.apply(call(first), () -> 0)).isInstanceOf(Claim.Held.class);
	}

	@Test
	void aBatchWithAGapMovesItsStreamOnce() {
		apply(1);
		this.faulty.reset();
		this.consumer.transactions.executeWithoutResult((status) -> {
			List<Claim> found = this.consumer.inbox
				.claimAll(List.of(call(number(2)), call(number(5)), call(number(4)), call(number(4))));
			assertThat(found.get(3)).isInstanceOf(Claim.Done.class);
			assertThat(((Claim.Held) found.get(0)).holds()).isTrue();
		});
		assertThat(statements()).filteredOn((line) -> line.contains("SET position")).hasSize(1);
		assertThat(known().position()).isEqualTo(5);
		assertThat(known().holes()).containsExactly(new Hole(3, 3, Kind.OPEN));
	}

	private void apply(long... numbers) {
		for (long number : numbers) {
			assertThat(held(number)).as("number %s", number).isTrue();
		}
	}

	private boolean held(long number) {
		return this.consumer.apply(number(number)) instanceof Claim.Held;
	}

	private void park(long number) {
		OwnTransactions transactions = new OwnTransactions(this.database.dataSource());
		this.consumer.streams.park(NUMBERS, number(number), transactions::together);
	}

	/**
	 * What the database knows.
	 */
	private Progress known() {
		Progress stored = new Consumer().own(NUMBERS);
		this.consumer.streams.forget(NUMBERS);
		this.consumer.own(NUMBERS);
		return stored;
	}

	private String noticed() {
		return this.database.jdbc().queryForObject("SELECT MAX(noticed_at) FROM idempotency_hole", String.class);
	}

}
