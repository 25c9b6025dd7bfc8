// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.Position;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.inbox.Claim;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.TransactionDefinition;

import static org.assertj.core.api.Assertions.assertThat;

abstract class AbstractFoldContract extends AbstractFoldFixture {

	private static final Claim DONE = new Claim.Done(Outcome.COMPLETED);

	@Test
	void rowsWithoutAGapAreFoldedAwayAndStillKnown() {
		apply(2, 1, 5, 4, 3);
		this.fold.fold();
		assertThat(watermark()).isEqualTo(5);
		assertThat(rows()).isZero();
		assertThat(holes()).isEmpty();
		assertThat(List.of(claim(call(1)), claim(call(3)), claim(call(5)))).containsOnly(DONE);
		assertThat(claim(call(6))).isInstanceOf(Claim.Held.class);
		assertThat(rows()).isEqualTo(1);
	}

	@Test
	void aRowAboveTheWatermarkDecidesByItself() {
		apply(1);
		this.fold.fold();
		apply(2);
		assertThat(claim(call(2))).isEqualTo(DONE);
		assertThat(rows()).isEqualTo(1);
	}

	@Test
	void whatIsMissingBelowASettledNumberIsAHoleUntilItComes() {
		apply(1, 3, 6);
		this.fold.fold();
		assertThat(holes()).containsExactly("2-2 OPEN", "4-5 OPEN");
		assertThat(missing()).isEqualTo(3);
		assertThat(rows()).isZero();
		assertThat(claim(call(2))).isInstanceOf(Claim.Held.class);
		assertThat(claim(call(2))).as("before it is folded").isEqualTo(DONE);
		this.fold.fold();
		assertThat(holes()).containsExactly("4-5 OPEN");
		assertThat(claim(call(2))).as("after it was folded").isEqualTo(DONE);
		assertThat(rows()).isZero();
	}

	@Test
	void whatMayStillBeUnderWayIsNoHole() {
		apply(1, 2, 4);
		fold(Duration.ofHours(1)).fold();
		assertThat(watermark()).isEqualTo(2);
		assertThat(holes()).isEmpty();
		assertThat(rows()).isEqualTo(1);
	}

	@Test
	void whatIsOlderThanTheFirstContactIsAppliedIfItComesAndIsNoLoss() {
		apply(4);
		this.fold.fold();
		assertThat(holes()).containsExactly("1-3 UNSEEN");
		assertThat(missing()).isZero();
		assertThat(claim(call(2))).isInstanceOf(Claim.Held.class);
		this.fold.fold();
		assertThat(holes()).containsExactly("1-1 UNSEEN", "3-3 UNSEEN");
		assertThat(claim(call(2))).isEqualTo(DONE);
	}

	@Test
	void anEffectThatIsUnderWayIsNotFoldedBeforeItCommits() {
		apply(1, 3);
		this.database.inTransaction(() -> {
			assertThat(this.inbox.claim(call(2))).isInstanceOf(Claim.Held.class);
			this.fold.fold();
			assertThat(known(2)).as("a claim of others").isFalse();
			return true;
		});
		assertThat(claim(call(2))).isEqualTo(DONE);
		this.fold.fold();
		assertThat(watermark()).isEqualTo(3);
		assertThat(holes()).isEmpty();
	}

	@Test
	void rejectionsAndResultsStayWhenTheirNumbersAreFolded() {
		this.database.inTransaction(() -> {
			((Claim.Held) this.inbox.claim(call(1))).reject();
			return true;
		});
		this.database.inTransaction(() -> {
			this.inbox.claim(call(2));
			new JdbcResults(this.database.dataSource(), this.database.dialect()).store(call(2).key(),
					new StoredResult("text", new byte[] { 1 }));
			return true;
		});
		apply(3);
		this.fold.fold();
		this.fold.fold();
		assertThat(watermark()).isEqualTo(3);
		assertThat(rows()).isEqualTo(2);
		assertThat(claim(call(1))).isEqualTo(new Claim.Done(Outcome.REJECTED));
		assertThat(claim(call(2))).isEqualTo(DONE);
		assertThat(this.database.count("idempotency_result")).isEqualTo(1);
	}

	@Test
	void aMessageSetAsideIsNoLossAndIsAppliedWhenItComesAgain() {
		apply(1, 2);
		park(4);
		apply(3, 5);
		this.fold.fold();
		assertThat(holes()).containsExactly("4-4 PARKED");
		assertThat(missing()).isZero();
		assertThat(this.database.count("idempotency_parked")).isEqualTo(1);
		assertThat(claim(call(4))).isInstanceOf(Claim.Held.class);
	}

	@Test
	void aMessageThatWasMissingAndIsSetAsideIsNoLossAnyMore() {
		apply(1, 4);
		this.fold.fold();
		park(3);
		assertThat(holes()).containsExactly("2-2 OPEN", "3-3 PARKED");
		assertThat(missing()).isEqualTo(1);
	}

	/**
	 * A replay has the key of the original and no number.
	 */
	@Test
	void aReplayIsNoDuplicateAndTheOriginalIsOneAfterIt() {
		apply(1);
		park(2);
		apply(3);
		this.fold.fold();
		assertThat(claim(call("m2", null))).isInstanceOf(Claim.Held.class);
		assertThat(claim(call(2))).isEqualTo(DONE);
		this.fold.fold();
		assertThat(holes()).isEmpty();
		assertThat(claim(call(2))).isEqualTo(DONE);
	}

	@Test
	void aRepetitionUnderAnotherNumberIsKnownAndItsNumberIsNoLoss() {
		Position.Unordered other = new Position.Unordered(Position.Sequence.of("shop", "3/rabbit:orders/paid", "2", 1));
		apply(1, 2);
		this.streams.share(new dev.idempotency.inbox.Stream("flow", other.stream()));
		assertThat(claim(call("m2", other))).isEqualTo(DONE);
		assertThat(claim(call("m2", place(3)))).isEqualTo(DONE);
		apply(4);
		this.fold.fold();
		this.fold.fold();
		assertThat(holes()).isEmpty();
		assertThat(rows()).isZero();
		assertThat(this.database.jdbc()
			.queryForList("SELECT position FROM idempotency_position ORDER BY position", Long.class))
			.containsExactly(1L, 4L);
	}

	@Test
	void aNewEpochIsANewStream() {
		apply(1, 2);
		this.fold.fold();
		Position.Unordered other = new Position.Unordered(Position.Sequence.of("shop", "3/rabbit:orders/paid", "2", 1));
		this.streams.share(new dev.idempotency.inbox.Stream("flow", other.stream()));
		assertThat(claim(call("n1", other))).isInstanceOf(Claim.Held.class);
		assertThat(claim(call(1))).isEqualTo(DONE);
	}

	@Test
	void aBatchOfNumberedMessagesIsDecidedLikeSingleOnes() {
		apply(1);
		this.fold.fold();
		apply(2);
		List<Claim> claims = this.database
			.inTransaction(() -> this.inbox.claimAll(List.of(call(1), call(3), call(2), call(3))));
		assertThat(claims).element(0).isEqualTo(DONE);
		assertThat(claims).element(1).isInstanceOf(Claim.Held.class);
		assertThat(claims).element(2).isEqualTo(DONE);
		assertThat(claims).element(3).isEqualTo(DONE);
		assertThat(rows()).isEqualTo(2);
	}

	@Test
	void moreRowsThanABatchAreFoldedRoundByRound() {
		for (int i = 1; i <= 250; i++) {
			apply(i);
		}
		int rounds = 1;
		while (this.fold.fold()) {
			rounds++;
		}
		assertThat(rounds).isBetween(3, 5);
		assertThat(watermark()).isEqualTo(250);
		assertThat(rows()).isZero();
	}

	@Test
	void nodesFoldAtTheSameTime() throws Exception {
		ExecutorService nodes = Executors.newFixedThreadPool(4);
		try {
			CountDownLatch end = new CountDownLatch(1);
			List<Future<Boolean>> folding = java.util.stream.IntStream.range(0, 2).mapToObj((node) -> {
				StreamFold own = fold(Duration.ZERO);
				return nodes.submit(() -> {
					while (end.getCount() > 0) {
						own.fold();
					}
					return true;
				});
			}).toList();
			List<Future<Integer>> applying = java.util.stream.IntStream.range(0, 2)
				.mapToObj((node) -> nodes.submit(() -> {
					int held = 0;
					for (int i = 1; i <= 200; i++) {
						held += (claim(call(i)) instanceof Claim.Held) ? 1 : 0;
					}
					return held;
				}))
				.toList();
			int held = applying.get(0).get() + applying.get(1).get();
			end.countDown();
			assertThat(folding.get(0).get() && folding.get(1).get()).isTrue();
			assertThat(held).isEqualTo(200);
		}
		finally {
			nodes.shutdownNow();
		}
		this.fold.fold();
		this.fold.fold();
		assertThat(rows()).isZero();
		assertThat(holes()).isEmpty();
	}

	/**
	 * The claim looks at the position, which does not know the number yet, and stops
	 * there. Then the number is folded, and what the claim would run into is removed.
	 */
	@Test
	void aClaimThatLookedBeforeTheFoldDoesNotApplyAgain() throws Exception {
		race(TransactionDefinition.ISOLATION_READ_COMMITTED);
		race(TransactionDefinition.ISOLATION_REPEATABLE_READ);
	}

	private void race(int isolation) throws Exception {
		empty();
		apply(1, 2, 3, 4, 5);
		stopClaims();
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try (AutoCloseable gate = closeGate()) {
			Future<Claim> claimed = thread.submit(() -> claim(isolation, call(5), this::stopHere));
			Awaitility.await().until(this::stopped);
			for (int i = 0; i < 3; i++) {
				this.fold.fold();
			}
			gate.close();
			assertThat(claimed.get(30, TimeUnit.SECONDS)).isEqualTo(DONE);
		}
		finally {
			thread.shutdownNow();
			letClaimsGo();
		}
		this.fold.fold();
		this.fold.fold();
		assertThat(watermark()).isEqualTo(5);
		assertThat(rows()).isZero();
	}

	/**
	 * The transaction has read before, and what it read stays as it was.
	 */
	@Test
	void aTransactionWhoseSnapshotIsOlderThanTheFoldDoesNotApplyAgain() {
		apply(1, 2, 3);
		Claim claim = claim(TransactionDefinition.ISOLATION_REPEATABLE_READ, call(3), () -> {
			this.database.jdbc().queryForList("SELECT * FROM business");
			this.database.jdbc().queryForList("SELECT * FROM idempotency_position");
			return inOtherThread(() -> this.fold.fold() || this.fold.fold());
		});
		assertThat(claim).isEqualTo(DONE);
	}

	private static boolean inOtherThread(java.util.concurrent.Callable<Boolean> work) throws Exception {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			return thread.submit(work).get(30, TimeUnit.SECONDS);
		}
		finally {
			thread.shutdownNow();
		}
	}

	private boolean known(long number) throws Exception {
		return inOtherThread(() -> this.database.jdbc()
			.queryForList("SELECT 1 FROM idempotency_position p WHERE " + RowNumber.knownSql(""), Integer.class,
					PositionTable.hash(STREAM), number, number, number)
			.contains(1));
	}

	/**
	 * Makes inserts into the inbox wait at the gate, of sessions that want to.
	 */
	abstract void stopClaims();

	abstract void letClaimsGo();

	/**
	 * Makes the session of the calling transaction one that waits.
	 */
	abstract int stopHere();

	abstract AutoCloseable closeGate() throws Exception;

	abstract boolean stopped();

}
