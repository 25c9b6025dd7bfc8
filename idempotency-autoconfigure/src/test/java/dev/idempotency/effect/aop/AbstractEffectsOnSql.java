// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Annotated methods with the library's own inbox, whatever the database.
 */
abstract class AbstractEffectsOnSql {

	private TestDatabase database;

	private AnnotationConfigApplicationContext context;

	private Bookings bookings;

	private Events events;

	abstract TestDatabase open();

	/**
	 * The inbox and the transaction manager.
	 */
	Class<?> store() {
		return SqlStore.class;
	}

	@BeforeEach
	void start() {
		this.database = open();
		this.context = EffectApplication.start(this.database, store(), Bookings.class);
		this.bookings = this.context.getBean(Bookings.class);
		this.events = this.context.getBean(Events.class);
		bean(JdbcTemplate.class).execute("create table unique_entry (entry varchar(100) primary key)");
	}

	@AfterEach
	void stop() {
		this.context.close();
		this.database.close();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	void book(String id, Consumer<String> body) {
		this.bookings.book(id, new Body(body));
	}

	@Test
	void secondCallIsADuplicate() {
		book("42", write());
		book("42", write());
		assertThat(entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void commitWhoseAnswerIsLostIsUnknownAndTheNextCallFindsIt() {
		bean(FaultyDataSource.class).after(JdbcEvent.commit(), JdbcFault.connectionLost().times(1));
		assertThat(catchThrowable(() -> book("42", write()))).isNotNull();
		assertThat(this.events.of(EffectEvent.CommitUnknown.class)).hasSize(1);
		book("42", write());
		assertThat(entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
	}

	@Test
	void commitThatNeverArrivedIsUnknownAndTheNextCallRuns() {
		bean(FaultyDataSource.class).before(JdbcEvent.commit(), JdbcFault.connectionLost().times(1));
		assertThat(catchThrowable(() -> book("42", write()))).isNotNull();
		assertThat(this.events.of(EffectEvent.CommitUnknown.class)).hasSize(1);
		book("42", write());
		assertThat(entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(1);
	}

	@Test
	void withoutTheStoreTheBodyIsNotCalled() {
		bean(FaultyDataSource.class).before(JdbcEvent.statement("INTO idempotency_inbox"), JdbcFault.connectionLost());
		List<String> called = new ArrayList<>();
		assertThat(catchThrowable(() -> book("42", called::add))).isNotNull();
		assertThat(called).isEmpty();
		bean(FaultyDataSource.class).heal();
		bean(JdbcTemplate.class).execute("drop table idempotency_inbox");
		assertThat(catchThrowable(() -> book("42", called::add))).isNotNull();
		assertThat(called).isEmpty();
	}

	@Test
	void swallowedFailureOfAStatementNeverReportsASuccessThatIsNotThere() {
		JdbcTemplate jdbc = bean(JdbcTemplate.class);
		jdbc.update("insert into unique_entry values ('taken')");
		Throwable failure = catchThrowable(() -> book("42", (id) -> {
			bean(Ledger.class).add(id);
			assertThatExceptionOfType(DuplicateKeyException.class)
				.isThrownBy(() -> jdbc.update("insert into unique_entry values ('taken')"));
		}));
		if (failure == null) {
			assertThat(entries()).containsExactly("42");
		}
		else {
			assertThat(failure).isInstanceOf(UnprotectedEffectException.class);
			assertThat(entries()).isEmpty();
			assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
		}
	}

	@Test
	void readOnlyTransactionOutsideIsNotJoined() {
		TransactionTemplate readOnly = new TransactionTemplate(bean(PlatformTransactionManager.class));
		readOnly.setReadOnly(true);
		Throwable failure = catchThrowable(() -> readOnly.executeWithoutResult((status) -> book("42", write())));
		assertThat(failure).isInstanceOf(UnprotectedEffectException.class).hasMessageContaining("read-only");
		assertThat(entries()).isEmpty();
	}

	@Test
	void concurrentDuplicateIsRefusedAfterTheBoundedWaitAndKnownAfterwards() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try {
			Future<?> winner = threads.submit(() -> book("42", (id) -> {
				bean(Ledger.class).add(id);
				inside.countDown();
				await(release);
			}));
			await(inside);
			assertThatExceptionOfType(EffectInProgressException.class).isThrownBy(() -> book("42", write()));
			release.countDown();
			winner.get(20, TimeUnit.SECONDS);
			book("42", write());
			assertThat(entries()).containsExactly("42");
			assertThat(this.events.of(EffectEvent.InProgress.class)).hasSize(1);
			assertThat(this.events.of(EffectEvent.Duplicate.class)).hasSize(1);
		}
		finally {
			release.countDown();
			threads.shutdownNow();
		}
	}

	@Test
	void manyThreadsWithOneKeyApplyItOnce() throws Exception {
		int count = 8;
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			List<Future<?>> calls = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				calls.add(threads.submit(() -> book("42", write())));
			}
			for (Future<?> call : calls) {
				assertDoneOrInProgress(call);
			}
			assertThat(entries()).containsExactly("42");
			assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(1);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void assertDoneOrInProgress(Future<?> call) throws Exception {
		try {
			call.get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			assertThat(ex).hasCauseInstanceOf(EffectInProgressException.class);
		}
	}

	private Consumer<String> write() {
		return (id) -> bean(Ledger.class).add(id);
	}

	List<String> entries() {
		return bean(Ledger.class).entries();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Looks the same in every call, so that the arguments do not collide.
	 */
	record Body(Consumer<String> code) {

		@Override
		public String toString() {
			return "body";
		}

	}

	static class Bookings {

		@Transactional
		@ExactlyOnceEffect(flow = "booking", key = "#id")
		public void book(String id, Body body) {
			body.code().accept(id);
		}

	}

}
