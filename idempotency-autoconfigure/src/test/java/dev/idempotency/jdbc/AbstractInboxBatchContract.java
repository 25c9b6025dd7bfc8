// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every inbox keeps to when it decides a whole batch.
 */
abstract class AbstractInboxBatchContract extends AbstractInboxProtectionContract {

	private static final Claim DONE = new Claim.Done(Outcome.COMPLETED);

	@Test
	void aBatchIsDecidedInItsOwnOrder() {
		claimAndCommit("b");
		List<Claim> claims = claimAllAndCommit("c", "b", "a");
		assertThat(claims).element(0).isInstanceOf(Claim.Held.class);
		assertThat(claims).element(1).isEqualTo(DONE);
		assertThat(claims).element(2).isInstanceOf(Claim.Held.class);
		assertThat(claimAllAndCommit("a", "b", "c")).containsExactly(DONE, DONE, DONE);
		assertThat(this.database.count("idempotency_inbox")).isEqualTo(3);
	}

	@Test
	void anEmptyBatchIsDecidedWithoutATransaction() {
		assertThat(this.inbox.claimAll(List.of())).isEmpty();
	}

	@Test
	void ofOneIdInABatchTheFirstIsHeldAndTheOthersAreDone() {
		List<Claim> claims = claimAllAndCommit("a", "a", "b", "a");
		assertThat(claims).filteredOn(Claim.Held.class::isInstance).hasSize(2);
		assertThat(claims.get(0)).isInstanceOf(Claim.Held.class);
		assertThat(claims).element(1).isEqualTo(DONE);
		assertThat(claims).element(3).isEqualTo(DONE);
		assertThat(claimAllAndCommit("a", "a")).containsExactly(DONE, DONE);
	}

	@Test
	void otherContentIsACollisionWithinABatchAndAgainstWhatIsStored() {
		claimAndCommit("old", print("one"));
		List<Claim> claims = claimAll(call("old", print("two"), PATIENT, PATIENT),
				call("new", print("one"), PATIENT, PATIENT), call("new", print("two"), PATIENT, PATIENT),
				call("new", print("one"), PATIENT, PATIENT), call("old", print("one"), PATIENT, PATIENT));
		assertThat(claims.get(0)).isEqualTo(new Claim.Collision());
		assertThat(claims.get(1)).isInstanceOf(Claim.Held.class);
		assertThat(claims.subList(2, 5)).containsExactly(new Claim.Collision(), DONE, DONE);
	}

	@Test
	void aRejectedKeyIsFoundAsSuch() {
		this.database.inTransaction(() -> {
			List<Claim> claims = this.inbox.claimAll(calls("a", "b"));
			((Claim.Held) claims.get(1)).reject();
			return ((Claim.Held) claims.get(0)).holds();
		});
		assertThat(claimAllAndCommit("a", "b")).containsExactly(DONE, new Claim.Done(Outcome.REJECTED));
	}

	@Test
	void aRolledBackBatchLeavesNothing() {
		List<Claim> claims = this.database.rolledBack(() -> this.inbox.claimAll(calls("a", "b")));
		assertThat(claims).allMatch(Claim.Held.class::isInstance);
		assertThat(this.database.count("idempotency_inbox")).isZero();
	}

	@Test
	void oneProofSpeaksForTheBatch() {
		this.database.transactions().executeWithoutResult((outer) -> {
			Object savepoint = outer.createSavepoint();
			List<Claim> claims = this.inbox.claimAll(calls("a", "b", "c"));
			outer.rollbackToSavepoint(savepoint);
			assertThat(((Claim.Held) claims.get(1)).holds()).isFalse();
			outer.setRollbackOnly();
		});
		this.database.transactions().executeWithoutResult((outer) -> {
			List<Claim> claims = this.inbox.claimAll(calls("a", "b", "c"));
			assertThat(((Claim.Held) claims.get(2)).holds()).isTrue();
		});
		assertThat(this.database.count("idempotency_inbox")).isEqualTo(3);
	}

	@Test
	void manyAreClaimedAtOnceAndKeepTheirOwnContent() {
		List<EffectCall> calls = IntStream.range(0, 2500)
			.mapToObj((i) -> call("id-" + i, (i % 3 == 0) ? null : print("content-" + i), PATIENT, PATIENT))
			.toList();
		List<EffectCall> half = calls.subList(700, 1900);
		assertThat(claimAllAndCommit(half)).allMatch(Claim.Held.class::isInstance);
		List<Claim> claims = claimAllAndCommit(calls);
		assertThat(claims.subList(700, 1900)).allMatch(DONE::equals);
		assertThat(claims.subList(0, 700)).allMatch(Claim.Held.class::isInstance);
		assertThat(claims.subList(1900, 2500)).allMatch(Claim.Held.class::isInstance);
		assertThat(this.database.count("idempotency_inbox")).isEqualTo(2500);
		assertThat(claimAndCommit("id-700", print("other"))).isEqualTo(new Claim.Collision());
		assertThat(claimAndCommit("id-702", print("other"))).isEqualTo(DONE);
	}

	@Test
	void aBatchIsBusyInTimeWhileSomebodyHoldsOneOfItsKeys() throws Exception {
		String before = this.database.jdbc().queryForObject(lockBound(), String.class);
		CountDownLatch end = new CountDownLatch(1);
		Future<Boolean> winner = holdUntil(end, call("b", null, PATIENT, PATIENT));
		long start = System.nanoTime();
		List<Claim> waiter = this.database.rolledBack(() -> this.inbox
			.claimAll(Stream.of("a", "b", "c").map((id) -> call(id, null, Duration.ofSeconds(1), PATIENT)).toList()));
		Duration waited = Duration.ofNanos(System.nanoTime() - start);
		end.countDown();
		assertThat(waiter).hasSize(3).allMatch(Claim.Busy.class::isInstance);
		assertThat(waited).isBetween(Duration.ofMillis(900), Duration.ofMillis(3500));
		assertThat(winner.get()).isTrue();
		assertThat(claimAllAndCommit("a", "b", "c")).element(1).isEqualTo(DONE);
		assertThat(this.database.jdbc().queryForObject(lockBound(), String.class)).isEqualTo(before);
	}

	/**
	 * Each of them ends within the bound, one after the other.
	 */
	@Test
	void theBoundIsForAllHoldersTogether() throws Exception {
		List<CountDownLatch> ends = new ArrayList<>();
		List<Future<Boolean>> holders = new ArrayList<>();
		for (String id : List.of("a", "b", "c", "d", "e", "f")) {
			CountDownLatch end = new CountDownLatch(1);
			holders.add(holdUntil(end, call(id, null, PATIENT, PATIENT)));
			ends.add(end);
		}
		ScheduledExecutorService releases = Executors.newSingleThreadScheduledExecutor();
		try {
			List<EffectCall> calls = Stream.of("a", "b", "c", "d", "e", "f")
				.map((id) -> call(id, null, Duration.ofSeconds(1), PATIENT))
				.sorted((one, other) -> Arrays.compareUnsigned(one.key().hash(), other.key().hash()))
				.toList();
			for (int i = 0; i < calls.size(); i++) {
				int holder = "abcdef".indexOf(calls.get(i).key().id());
				releases.schedule(ends.get(holder)::countDown, 800L * (i + 1), TimeUnit.MILLISECONDS);
			}
			long start = System.nanoTime();
			List<Claim> claims = this.database.rolledBack(() -> this.inbox.claimAll(calls));
			assertThat(claims).allMatch(Claim.Busy.class::isInstance);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(3500));
			for (Future<Boolean> holder : holders) {
				assertThat(holder.get()).isTrue();
			}
		}
		finally {
			releases.shutdownNow();
		}
	}

	@Test
	void aBatchWaitsForAConcurrentDuplicate() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		Future<Boolean> winner = holdUntil(end, call("b", null, PATIENT, PATIENT));
		Future<List<Claim>> batch = this.threads().submit(() -> claimAllAndCommit("a", "b", "c"));
		awaitBlocked(1);
		end.countDown();
		winner.get();
		List<Claim> claims = batch.get();
		assertThat(claims).element(1).isEqualTo(DONE);
		assertThat(claims).filteredOn(Claim.Held.class::isInstance).hasSize(2);
	}

	/**
	 * In the order of the calls the batches would each hold what the other needs.
	 */
	@Test
	void batchesWithTheSameKeysInAnotherOrderDoNotLockEachOtherOut() throws Exception {
		for (int round = 0; round < 20; round++) {
			String prefix = "round-" + round + "-";
			List<EffectCall> calls = IntStream.range(0, 200)
				.mapToObj((i) -> call(prefix + i, null, PATIENT, PATIENT))
				.toList();
			List<EffectCall> reversed = new ArrayList<>(calls);
			Collections.reverse(reversed);
			CountDownLatch start = new CountDownLatch(1);
			List<Future<List<Claim>>> batches = Stream.of(calls, reversed).map((batch) -> this.threads().submit(() -> {
				await(start);
				return claimAllAndCommit(batch);
			})).toList();
			start.countDown();
			int held = 0;
			for (Future<List<Claim>> batch : batches) {
				List<Claim> claims = batch.get();
				assertThat(claims).noneMatch(Claim.Busy.class::isInstance);
				held += (int) claims.stream().filter(Claim.Held.class::isInstance).count();
			}
			assertThat(held).isEqualTo(200);
		}
	}

	@Test
	void outsideOfATransactionABatchIsRefused() {
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> this.inbox.claimAll(calls("a", "b")))
			.withMessageContaining("no transaction is active");
	}

	private List<Claim> claimAllAndCommit(String... ids) {
		return claimAllAndCommit(calls(ids));
	}

	private List<Claim> claimAll(EffectCall... calls) {
		return claimAllAndCommit(List.of(calls));
	}

	private List<Claim> claimAllAndCommit(List<EffectCall> calls) {
		return this.database.transactions().execute((status) -> {
			List<Claim> claims = this.inbox.claimAll(calls);
			if (claims.stream().anyMatch(Claim.Busy.class::isInstance)) {
				status.setRollbackOnly();
			}
			claims.stream()
				.filter(Claim.Held.class::isInstance)
				.findFirst()
				.ifPresent((held) -> assertThat(((Claim.Held) held).holds()).isTrue());
			return claims;
		});
	}

	private static List<EffectCall> calls(String... ids) {
		return Stream.of(ids).map((id) -> call(id, null, PATIENT, PATIENT)).toList();
	}

}
