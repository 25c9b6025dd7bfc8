// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.InboxView;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every inbox keeps to.
 */
abstract class AbstractInboxContract extends AbstractInboxBatchContract {

	@Test
	void aNewKeyIsHeldAndAfterTheCommitDone() {
		assertThat(claimAndCommit("a")).isInstanceOf(Claim.Held.class);
		assertThat(claimAndCommit("a")).isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	@Test
	void aViewReadsWhatIsCommittedAndItsAge() {
		InboxView view = new JdbcInboxView(this.database.dataSource(), this.database.dialect());
		Fingerprint content = Fingerprint.of(new byte[] { 1 });
		this.database.rolledBack(() -> held("a"));
		assertThat(view.find(call("a", null, PATIENT, PATIENT).key())).isNull();
		claimAndCommit("a", content);
		assertThat(view.find(call("a", null, PATIENT, PATIENT).key())).isNotNull().satisfies((known) -> {
			assertThat(known.fingerprint()).isEqualTo(content);
			assertThat(known.age()).isBetween(Duration.ZERO, PATIENT);
		});
	}

	@Test
	void aRejectedKeyStaysRejected() {
		this.database.inTransaction(() -> {
			Claim.Held held = held("a");
			held.reject();
			assertThat(held.holds()).isTrue();
			return held;
		});
		assertThat(claimAndCommit("a")).isEqualTo(new Claim.Done(Outcome.REJECTED));
	}

	@Test
	void aRollbackLeavesNothing() {
		this.database.rolledBack(() -> held("a"));
		assertThat(this.database.count("idempotency_inbox")).isZero();
		assertThat(claimAndCommit("a")).isInstanceOf(Claim.Held.class);
	}

	@Test
	void aRetentionThatHasPassedFreesNoKey() {
		EffectCall call = call("a", null, PATIENT, Duration.ofNanos(1000));
		this.database.inTransaction(() -> this.inbox.claim(call));
		assertThat(claimAndCommit("a")).isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	@Test
	void ofManyConcurrentClaimsOneIsHeld() throws Exception {
		CountDownLatch start = new CountDownLatch(1);
		List<Future<Claim>> claims = inParallel(12, () -> {
			start.await();
			return claimAndCommit("a");
		});
		start.countDown();
		List<Claim> results = results(claims);
		assertThat(results).filteredOn(Claim.Held.class::isInstance).hasSize(1);
		assertThat(results).filteredOn(new Claim.Done(Outcome.COMPLETED)::equals).hasSize(11);
	}

	@Test
	void whenTheWinnerRollsBackExactlyOneOfTheWaitersWins() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		Future<?> winner = holdUntil(end, call("a", null, PATIENT, PATIENT), this.database::rolledBack);
		List<Future<Claim>> waiters = inParallel(5, () -> claimAndCommit("a"));
		awaitBlocked(5);
		end.countDown();
		winner.get();
		List<Claim> results = results(waiters);
		assertThat(results).filteredOn(Claim.Held.class::isInstance).hasSize(1);
		assertThat(results).allMatch((claim) -> claim instanceof Claim.Held || claim instanceof Claim.Busy
				|| claim.equals(new Claim.Done(Outcome.COMPLETED)));
		assertThat(this.database.count("idempotency_inbox")).isEqualTo(1);
	}

	@Test
	void whileTheWinnerHoldsTheKeyAWaiterIsBusyInTime() throws Exception {
		String before = this.database.jdbc().queryForObject(lockBound(), String.class);
		CountDownLatch end = new CountDownLatch(1);
		Future<Boolean> winner = holdUntil(end, call("a", print("winner"), PATIENT, PATIENT));
		long start = System.nanoTime();
		Claim waiter = this.database
			.rolledBack(() -> this.inbox.claim(call("a", print("winner"), Duration.ofMillis(1000), PATIENT)));
		Duration waited = Duration.ofNanos(System.nanoTime() - start);
		end.countDown();
		assertThat(waiter).isInstanceOf(Claim.Busy.class);
		assertThat(waited).isBetween(Duration.ofMillis(900), Duration.ofMillis(3500));
		assertThat(winner.get()).isTrue();
		assertThat(claimAndCommit("a", print("winner"))).isEqualTo(new Claim.Done(Outcome.COMPLETED));
		assertThat(claimAndCommit("a", print("other"))).isEqualTo(new Claim.Collision());
		assertThat(this.database.jdbc().queryForObject(lockBound(), String.class)).isEqualTo(before);
	}

	@Test
	void theBoundOfTheWaitIsGoneWhenTheBodyRuns() {
		this.database.inTransaction(() -> {
			String before = this.database.jdbc().queryForObject(lockBound(), String.class);
			held("a");
			assertThat(this.database.jdbc().queryForObject(lockBound(), String.class)).isEqualTo(before);
			return before;
		});
	}

	@Test
	void otherContentIsACollisionInEveryState() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		Future<Boolean> winner = holdUntil(end, call("a", print("one"), PATIENT, PATIENT));
		List<Future<Claim>> waiter = inParallel(1, () -> claimAndCommit("a", print("two")));
		awaitBlocked(1);
		end.countDown();
		winner.get();
		assertThat(results(waiter)).containsExactly(new Claim.Collision());
		assertThat(claimAndCommit("a", print("two"))).isEqualTo(new Claim.Collision());
		this.database.inTransaction(() -> {
			Claim.Held held = (Claim.Held) this.inbox.claim(call("b", print("one"), PATIENT, PATIENT));
			held.reject();
			return held;
		});
		assertThat(claimAndCommit("b", print("two"))).isEqualTo(new Claim.Collision());
		assertThat(claimAndCommit("b", print("one"))).isEqualTo(new Claim.Done(Outcome.REJECTED));
	}

	@Test
	void withoutFingerprintsNothingCollides() {
		claimAndCommit("a", null);
		claimAndCommit("b", print("one"));
		assertThat(claimAndCommit("a", print("one"))).isEqualTo(new Claim.Done(Outcome.COMPLETED));
		assertThat(claimAndCommit("b", null)).isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	@Test
	void idsThatACollationWouldCallEqualAreDifferent() {
		List<String> ids = List.of("abc", "ABC", "abc ", "äbc", "abc\u0000", "a".repeat(1024), "a".repeat(1023) + "b");
		assertThat(ids).allSatisfy((id) -> assertThat(claimAndCommit(id)).isInstanceOf(Claim.Held.class));
	}

	@Test
	void theSameIdOfAnotherSourceOrConsumerIsAnotherKey() {
		for (EffectKey key : List.of(new EffectKey("flow", "shop", "a"), new EffectKey("flow", "bank", "a"),
				new EffectKey("other", "shop", "a"))) {
			EffectCall call = new EffectCall(key, null, new EffectCall.Settings(PATIENT, PATIENT));
			assertThat(this.database.inTransaction(() -> this.inbox.claim(call))).isInstanceOf(Claim.Held.class);
		}
	}

	@Test
	void anOutcomeOfALaterVersionIsNeitherARepetitionNorRunAgain() {
		claimAndCommit("a");
		this.database.jdbc().update("UPDATE idempotency_inbox SET outcome = 'UNDONE'");
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> claimAndCommit("a"))
			.withMessageContaining("UNDONE");
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> this.database.inTransaction(() -> this.inbox
				.claimAll(List.of(call("b", null, PATIENT, PATIENT), call("a", null, PATIENT, PATIENT)))))
			.withMessageContaining("UNDONE");
		assertThat(this.database.count("idempotency_inbox")).isEqualTo(1);
	}

	@Test
	void aKeyThatIsPurgedWhileManyClaimItIsHeldOnceMore() throws Exception {
		EffectCall over = call("a", null, PATIENT, Duration.ofNanos(1000));
		this.database.inTransaction(() -> this.inbox.claim(over));
		InboxPurge purge = new InboxPurge(this.database.dataSource(), this.database.dialect(), 10);
		CountDownLatch start = new CountDownLatch(1);
		List<Future<Claim>> claims = inParallel(8, () -> {
			start.await();
			return claimUntilDecided("a");
		});
		start.countDown();
		purge.purge(Duration.ZERO, Duration.ZERO);
		List<Claim> results = results(claims);
		results.add(claimAndCommit("a"));
		assertThat(results).filteredOn(Claim.Held.class::isInstance).hasSize(1);
		assertThat(results).filteredOn(new Claim.Done(Outcome.COMPLETED)::equals).hasSize(8);
	}

	/**
	 * Who lost to a row that is gone since is busy, and comes again.
	 */
	private Claim claimUntilDecided(String id) {
		Claim claim = claimAndCommit(id);
		while (claim instanceof Claim.Busy) {
			claim = claimAndCommit(id);
		}
		return claim;
	}

	@Test
	void crossedClaimsEndAndNothingIsHalfDone() throws Exception {
		CountDownLatch both = new CountDownLatch(2);
		List<Future<Claim>> claims = List.of(threads().submit(() -> crossed("a", "b", both)),
				threads().submit(() -> crossed("b", "a", both)));
		List<Claim> results = results(claims);
		assertThat(results).anyMatch(Claim.Busy.class::isInstance);
		long winners = results.stream().filter(Claim.Held.class::isInstance).count();
		assertThat(this.database.count("idempotency_inbox")).isEqualTo((int) (2 * winners));
	}

	private Claim crossed(String first, String second, CountDownLatch both) {
		return this.database.transactions().execute((status) -> {
			this.inbox.claim(call(first, null, Duration.ofSeconds(3), PATIENT));
			both.countDown();
			await(both);
			Claim claim = this.inbox.claim(call(second, null, Duration.ofSeconds(3), PATIENT));
			if (claim instanceof Claim.Busy) {
				status.setRollbackOnly();
			}
			return claim;
		});
	}

}
