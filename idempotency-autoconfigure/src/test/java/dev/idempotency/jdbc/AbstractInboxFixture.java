// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
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
import dev.idempotency.inbox.Claim;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database with an inbox, and threads that claim from it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AbstractInboxFixture {

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

	final Future<Boolean> holdUntil(CountDownLatch end, EffectCall call,
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
