// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Effects that get in each other's way: in deadlocks, in old snapshots, in small pools.
 */
abstract class AbstractContention {

	private final TestDatabase database = open();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CyclicBarrier pair = new CyclicBarrier(2);

	private @Nullable AnnotationConfigApplicationContext context;

	abstract TestDatabase open();

	@AfterEach
	void close() {
		this.threads.shutdownNow();
		if (this.context != null) {
			this.context.close();
		}
		this.database.close();
	}

	@Test
	void victimOfADeadlockThatSwallowsItHasDoneNothingAndMayRunAgain() throws Exception {
		Effects effects = start(this.database.pool(4));
		bean(JdbcTemplate.class).execute("create table account (id integer primary key, amount integer not null)");
		bean(JdbcTemplate.class).update("insert into account values (1, 0), (2, 0)");
		Step meeting = new Step(this::meet);
		List<Throwable> failures = failures(List.of(this.threads.submit(() -> effects.transfer("a", 1, 2, meeting)),
				this.threads.submit(() -> effects.transfer("b", 2, 1, meeting))));
		assertThat(failures).singleElement().isInstanceOf(UnprotectedEffectException.class);
		assertThat(bean(Ledger.class).entries()).hasSize(1);
		assertThat(amounts()).containsExactly(1, 1);
		effects.transfer("a", 1, 2, Step.NONE);
		effects.transfer("b", 2, 1, Step.NONE);
		assertThat(bean(Ledger.class).entries()).containsExactly("a", "b");
		assertThat(amounts()).containsExactly(2, 2);
	}

	@Test
	void effectsInOppositeOrderEndAndNoneIsHalfDone() throws Exception {
		Effects effects = start(this.database.pool(4));
		List<Throwable> failures = failures(
				List.of(this.threads.submit(() -> both(effects, "a", "b", new Step(this::meet))),
						this.threads.submit(() -> both(effects, "b", "a", new Step(this::meet)))));
		assertThat(failures).isNotEmpty().allMatch(EffectInProgressException.class::isInstance);
		assertThat(bean(Ledger.class).entries()).hasSize((failures.size() == 1) ? 2 : 0);
		for (int i = 0; i < 2; i++) {
			both(effects, "a", "b", Step.NONE);
		}
		assertThat(bean(Ledger.class).entries()).containsExactly("a", "b");
	}

	@ParameterizedTest
	@ValueSource(
			ints = { TransactionDefinition.ISOLATION_REPEATABLE_READ, TransactionDefinition.ISOLATION_SERIALIZABLE })
	void duplicateBehindAnOlderSnapshotIsAnsweredNowOrInTheNextTransaction(int isolation) throws Exception {
		Effects effects = start(this.database.pool(4));
		TransactionTemplate old = new TransactionTemplate(bean(PlatformTransactionManager.class));
		old.setIsolationLevel(isolation);
		Future<?> duplicate = this.threads.submit(() -> old.execute((status) -> {
			bean(JdbcTemplate.class).queryForList("select * from account_of_others");
			meet();
			meet();
			return effects.apply("a");
		}));
		meet();
		String first = effects.apply("a");
		meet();
		assertThat(failures(List.of(duplicate))).hasSizeLessThan(2)
			.allMatch(EffectInProgressException.class::isInstance);
		assertThat(old.<String>execute((status) -> effects.apply("a"))).isEqualTo(first);
		assertThat(bean(Ledger.class).entries()).containsExactly("a");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void effectsWithinEffectsAndTheirRepetitionsNeedOneConnectionEach(int size) throws Exception {
		HikariDataSource pool = this.database.pool(4);
		Effects effects = start(pool);
		pool.setConnectionTimeout(5_000);
		pool.setMaximumPoolSize(size);
		pool.getHikariPoolMXBean().softEvictConnections();
		for (int round = 0; round < 2; round++) {
			CyclicBarrier all = new CyclicBarrier(size);
			List<? extends Future<?>> calls = IntStream.range(0, size)
				.mapToObj((call) -> this.threads.submit(() -> effects.around("outer-" + call, new Step(() -> {
					meet(all);
					assertThat(effects.apply("inner-" + call)).isEqualTo("inner-" + call);
					assertThat(effects.apply("inner-" + call)).isEqualTo("inner-" + call);
				}))))
				.toList();
			assertThat(failures(calls)).isEmpty();
		}
		assertThat(bean(Ledger.class).entries()).hasSize(size);
		assertThat(bean(Events.class).of(EffectEvent.Completed.class)).hasSize(2 * size);
	}

	private void both(Effects effects, String one, String other, Step between) {
		new TransactionTemplate(bean(PlatformTransactionManager.class)).executeWithoutResult((status) -> {
			effects.apply(one);
			between.code().run();
			effects.apply(other);
		});
	}

	private void meet() {
		meet(this.pair);
	}

	private static void meet(CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException | BrokenBarrierException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Effects start(HikariDataSource pool) {
		this.context = EffectApplication.start(pool, SqlStore.class, Effects.class);
		bean(JdbcTemplate.class).execute("create table account_of_others (id integer primary key)");
		return bean(Effects.class);
	}

	private <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	private List<Integer> amounts() {
		return bean(JdbcTemplate.class).queryForList("select amount from account order by id", Integer.class);
	}

	private static List<Throwable> failures(List<? extends Future<?>> calls) throws Exception {
		List<Throwable> failures = new ArrayList<>();
		for (Future<?> call : calls) {
			Throwable failure = failure(() -> call.get(30, TimeUnit.SECONDS));
			if (failure != null) {
				failures.add(failure.getCause());
			}
		}
		return failures;
	}

	private static @Nullable Throwable failure(Callable<?> call) {
		try {
			call.call();
			return null;
		}
		catch (Exception ex) {
			return ex;
		}
	}

	/**
	 * Looks the same in every call, so that the arguments do not collide.
	 */
	record Step(Runnable code) {

		private static final Step NONE = new Step(() -> {
		});

		@Override
		public String toString() {
			return "step";
		}

	}

	static class Effects {

		private final Ledger ledger;

		private final JdbcTemplate jdbc;

		Effects(Ledger ledger, JdbcTemplate jdbc) {
			this.ledger = ledger;
			this.jdbc = jdbc;
		}

		@ExactlyOnceEffect(flow = "applying", key = "#id")
		public String apply(String id) {
			this.ledger.add(id);
			return id;
		}

		@ExactlyOnceEffect(flow = "around", key = "#id")
		public void around(String id, Step inner) {
			inner.code().run();
		}

		@Transactional
		@ExactlyOnceEffect(flow = "transferring", key = "#id")
		public void transfer(String id, int from, int to, Step meeting) {
			this.ledger.add(id);
			add(from);
			meeting.code().run();
			try {
				add(to);
			}
			catch (PessimisticLockingFailureException ex) {
				carryOn();
			}
		}

		private void carryOn() {
			try {
				this.ledger.add("carries on");
			}
			catch (DataAccessException ex) {
				assertThat(ex).as("a transaction that is over").isNotNull();
			}
		}

		private void add(int account) {
			this.jdbc.update("update account set amount = amount + 1 where id = ?", account);
		}

	}

}
