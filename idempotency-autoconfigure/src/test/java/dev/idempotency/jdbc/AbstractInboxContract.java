// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every inbox keeps to.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AbstractInboxContract {

	static final Duration PATIENT = Duration.ofSeconds(20);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	MigratedDatabase database;

	Inbox inbox;

	abstract TestDatabase open();

	/**
	 * The session's own bound on waiting for locks, in whatever form.
	 */
	abstract String lockBound();

	MigratedDatabase migrated() {
		return new MigratedDatabase(open());
	}

	@BeforeAll
	void migrate() {
		this.database = migrated();
		this.inbox = new JdbcInbox(this.database.dataSource(), this.database.dialect());
	}

	@BeforeEach
	void empty() {
		this.database.empty();
	}

	@AfterAll
	void close() {
		this.threads.shutdownNow();
		if (this.database != null) {
			this.database.close();
		}
	}

	@Test
	void aNewKeyIsHeldAndAfterTheCommitDone() {
		assertThat(claimAndCommit("a")).isInstanceOf(Claim.Held.class);
		assertThat(claimAndCommit("a")).isEqualTo(new Claim.Done(Outcome.COMPLETED));
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
	void crossedClaimsEndAndNothingIsHalfDone() throws Exception {
		CountDownLatch both = new CountDownLatch(2);
		List<Future<Claim>> claims = List.of(this.threads.submit(() -> crossed("a", "b", both)),
				this.threads.submit(() -> crossed("b", "a", both)));
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

	@Test
	void aClaimHoldsUntilTheEndAlsoAroundSavepoints() {
		TransactionTemplate nested = this.database.transactions();
		nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		this.database.transactions().execute((outer) -> {
			Claim.Held held = held("a");
			nested.executeWithoutResult((inner) -> {
				this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
				inner.setRollbackOnly();
			});
			assertThat(held.holds()).isTrue();
			return held;
		});
		assertThat(claimAndCommit("a")).isEqualTo(new Claim.Done(Outcome.COMPLETED));
	}

	@Test
	void aClaimIsLostWhenTheBodyRollsBackToASavepointBeforeIt() {
		this.database.transactions().executeWithoutResult((outer) -> {
			Object savepoint = outer.createSavepoint();
			Claim.Held held = held("a");
			outer.rollbackToSavepoint(savepoint);
			assertThat(held.holds()).isFalse();
			outer.setRollbackOnly();
		});
	}

	@Test
	void aClaimIsLostWhenTheBodyEndsTheTransactionItself() {
		for (String end : List.of("ROLLBACK", "COMMIT")) {
			this.database.rolledBack(() -> {
				Claim.Held held = held(end);
				this.database.jdbc().execute(end);
				this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
				assertThat(held.holds()).isFalse();
				return held;
			});
		}
		assertThat(this.database.count("business")).isZero();
	}

	@Test
	void outsideAWritableTransactionOfItsDataSourceAClaimIsRefused() {
		assertRefused("no transaction is active", () -> this.inbox.claim(call("a", null, PATIENT, PATIENT)));
		TransactionTemplate readOnly = this.database.transactions();
		readOnly.setReadOnly(true);
		assertRefused("read-only",
				() -> readOnly.execute((status) -> this.inbox.claim(call("a", null, PATIENT, PATIENT))));
		TransactionTemplate supports = this.database.transactions();
		supports.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
		assertRefused("no transaction is active", () -> supports.execute((status) -> {
			this.database.jdbc().queryForObject("SELECT 1", Integer.class);
			return this.inbox.claim(call("a", null, PATIENT, PATIENT));
		}));
		assertThat(this.database.count("idempotency_inbox")).isZero();
	}

	/**
	 * Its connection commits nothing by itself, and still nobody would commit or roll
	 * back together with that transaction.
	 */
	@Test
	void aTransactionOfSomethingElseIsNoProtection() throws SQLException {
		SingleConnectionDataSource manual = new SingleConnectionDataSource(this.database.dataSource().getConnection(),
				true);
		manual.setAutoCommit(false);
		Inbox manualInbox = new JdbcInbox(manual, this.database.dialect());
		try (MemoryH2 other = MemoryH2.open()) {
			TransactionTemplate foreign = new TransactionTemplate(new JdbcTransactionManager(other.dataSource()));
			assertRefused("does not belong", () -> foreign.execute((status) -> {
				new JdbcTemplate(manual).queryForObject("SELECT 1", Integer.class);
				return manualInbox.claim(call("a", null, PATIENT, PATIENT));
			}));
		}
		manual.destroy();
		assertThat(this.database.count("idempotency_inbox")).isZero();
	}

	@Test
	void aFinishedTransactionIsNoProtection() {
		List<Throwable> failures = new ArrayList<>();
		this.database.transactions()
			.executeWithoutResult((status) -> TransactionSynchronizationManager
				.registerSynchronization(new TransactionSynchronization() {
					@Override
					public void afterCompletion(int completion) {
						try {
							AbstractInboxContract.this.inbox.claim(call("a", null, PATIENT, PATIENT));
						}
						catch (UnprotectedEffectException ex) {
							failures.add(ex);
						}
					}
				}));
		assertThat(failures).hasSize(1);
	}

	private static void assertRefused(String reason, Callable<Claim> claim) {
		assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(claim::call)
			.withMessageContaining(reason)
			.withMessageContaining("JdbcTransactionManager");
	}

	final ExecutorService threads() {
		return this.threads;
	}

	final Claim claimAndCommit(String id) {
		return claimAndCommit(id, null);
	}

	/**
	 * Commits only a claim that was held.
	 */
	final Claim claimAndCommit(String id, @Nullable Fingerprint fingerprint) {
		return this.database.transactions().execute((status) -> {
			Claim claim = this.inbox.claim(call(id, fingerprint, PATIENT, PATIENT));
			if (!(claim instanceof Claim.Held held && held.holds())) {
				status.setRollbackOnly();
			}
			return claim;
		});
	}

	final Claim.Held held(String id) {
		Claim claim = this.inbox.claim(call(id, null, PATIENT, PATIENT));
		assertThat(claim).isInstanceOf(Claim.Held.class);
		return (Claim.Held) claim;
	}

	final Future<Boolean> holdUntil(CountDownLatch end, EffectCall call) throws Exception {
		return holdUntil(end, call, this.database::inTransaction);
	}

	private Future<Boolean> holdUntil(CountDownLatch end, EffectCall call,
			Function<Callable<Boolean>, Boolean> transaction) throws Exception {
		CompletableFuture<Claim> claimed = new CompletableFuture<>();
		Future<Boolean> winner = this.threads.submit(() -> transaction.apply(() -> {
			Claim claim = this.inbox.claim(call);
			claimed.complete(claim);
			return end.await(30, TimeUnit.SECONDS) && claim instanceof Claim.Held held && held.holds();
		}));
		assertThat(claimed.get(30, TimeUnit.SECONDS)).isInstanceOf(Claim.Held.class);
		return winner;
	}

	final List<Future<Claim>> inParallel(int count, Callable<Claim> work) {
		return IntStream.range(0, count).mapToObj((index) -> this.threads.submit(work)).toList();
	}

	final List<Claim> results(List<Future<Claim>> futures) throws Exception {
		List<Claim> results = new ArrayList<>();
		for (Future<Claim> future : futures) {
			results.add(future.get(60, TimeUnit.SECONDS));
		}
		return results;
	}

	/**
	 * Returns when so many sessions wait for a lock.
	 */
	abstract void awaitBlocked(int sessions);

	static EffectCall call(String id, @Nullable Fingerprint fingerprint, Duration waitFor, Duration retention) {
		return new EffectCall(new EffectKey("flow", "source", id), fingerprint,
				new EffectCall.Settings(waitFor, retention));
	}

	static Fingerprint print(String content) {
		return Fingerprint.of(content.getBytes(StandardCharsets.UTF_8));
	}

	static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
