// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectRolledBackException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.Outcome;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Claim, business row and outcome: all of them or none.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractAtomicityOnSql {

	private final TestDatabase database = open();

	private final AnnotationConfigApplicationContext context = EffectApplication.start(this.database, SqlStore.class,
			Payments.class, Script.class);

	private final Payments payments = this.context.getBean(Payments.class);

	private final Script script = this.context.getBean(Script.class);

	private final Ledger ledger = this.context.getBean(Ledger.class);

	private final Events events = this.context.getBean(Events.class);

	/**
	 * On connections of its own, which see what is committed.
	 */
	private final JdbcTemplate others = new JdbcTemplate(this.database.unpooled());

	private final TransactionTemplate outer = new TransactionTemplate(
			this.context.getBean(PlatformTransactionManager.class));

	abstract TestDatabase open();

	@BeforeEach
	void empty() {
		this.others.update("delete from ledger");
		this.others.update("delete from idempotency_inbox");
		this.others.update("delete from idempotency_result");
		this.events.all().clear();
		this.script.failure = null;
		this.script.rollbackOnly = false;
		this.script.inside = () -> {
		};
	}

	@AfterAll
	void close() {
		this.context.close();
		this.database.close();
	}

	@Test
	void exceptionLeavesNothingAndTheNextCallRuns() {
		this.script.failure = new IllegalStateException("no");
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isSameAs(this.script.failure);
		assertNothingIsLeft();
		this.script.failure = null;
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isNull();
		assertThat(this.ledger.entries()).containsExactly("42");
	}

	@Test
	void errorsLeaveNothing() {
		for (Error error : new Error[] { new StackOverflowError(), new OutOfMemoryError(), new AssertionError() }) {
			this.script.failure = error;
			assertThat(catchThrowable(() -> this.payments.pay("42"))).isSameAs(error);
			assertNothingIsLeft();
		}
	}

	@Test
	void checkedExceptionCommitsTheRefusalWithWhatItWrote() {
		this.script.failure = new IOException("refused");
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isSameAs(this.script.failure);
		assertThat(this.ledger.entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Completed.class)).extracting(EffectEvent.Completed::outcome)
			.containsExactly(Outcome.REJECTED);
		assertThatExceptionOfType(DuplicateEffectException.class).isThrownBy(() -> this.payments.pay("42"))
			.satisfies((ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.REJECTED));
	}

	@Test
	void noRollbackRuleOfTheMethodsOwnTransactionalCommitsTheRefusal() {
		this.script.failure = new UnsupportedOperationException("refused");
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isSameAs(this.script.failure);
		assertThat(claims()).isOne();
		assertThat(this.events.of(EffectEvent.Completed.class)).extracting(EffectEvent.Completed::outcome)
			.containsExactly(Outcome.REJECTED);
	}

	@Test
	void rollbackRuleOfTheMethodsOwnTransactionalRollsBackACheckedException() {
		this.script.failure = new InterruptedException("rolls back");
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isSameAs(this.script.failure);
		assertNothingIsLeft();
	}

	@Test
	void setRollbackOnlyAndNormalReturnIsAnExceptionForTheCaller() {
		this.script.rollbackOnly = true;
		assertThatExceptionOfType(EffectRolledBackException.class).isThrownBy(() -> this.payments.pay("42"))
			.withMessageStartingWith("The transaction of " + Payments.class.getName() + ".pay(String) was marked");
		assertNothingIsLeft();
	}

	@Test
	void outerRollbackTakesTheEffectAlong() {
		this.outer.executeWithoutResult((status) -> {
			assertThat(catchThrowable(() -> this.payments.pay("42"))).isNull();
			assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
			status.setRollbackOnly();
		});
		assertNothingIsLeft();
		assertThat(this.events.of(EffectEvent.RolledBack.class)).hasSize(1);
	}

	@Test
	void rollbackToASavepointBeforeTheEffectIsNoCompletion() {
		this.outer.executeWithoutResult((outerStatus) -> {
			this.ledger.add("outer");
			Object savepoint = outerStatus.createSavepoint();
			assertThat(catchThrowable(() -> this.payments.pay("42"))).isNull();
			outerStatus.rollbackToSavepoint(savepoint);
		});
		assertThat(this.ledger.entries()).containsExactly("outer");
		assertThat(claims()).isZero();
		assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
		assertThat(this.events.of(EffectEvent.RolledBack.class)).hasSize(1);
	}

	@Test
	void savepointInsideTheBodyDoesNotUndoTheEffect() {
		this.script.inside = () -> {
			Object savepoint = TransactionAspectSupport.currentTransactionStatus().createSavepoint();
			this.ledger.add("undone");
			TransactionAspectSupport.currentTransactionStatus().rollbackToSavepoint(savepoint);
		};
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isNull();
		assertThat(this.ledger.entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(1);
	}

	@Test
	void nobodySeesAClaimBeforeItsCommit() {
		List<Integer> seen = new ArrayList<>();
		this.script.inside = () -> seen.add(claims());
		for (Throwable end : new Throwable[] { new IllegalStateException("no"), new IOException("refused") }) {
			this.script.failure = end;
			assertThat(catchThrowable(() -> this.payments.pay("42"))).isSameAs(end);
		}
		assertThat(seen).containsExactly(0, 0);
		assertThat(claims()).isOne();
	}

	private int claims() {
		return this.others.queryForObject("select count(*) from idempotency_inbox", Integer.class);
	}

	private void assertNothingIsLeft() {
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(claims()).isZero();
		assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
	}

	static class Script {

		private Throwable failure;

		private boolean rollbackOnly;

		private Runnable inside = () -> {
		};

	}

	static class Payments {

		private final Ledger ledger;

		private final Script script;

		Payments(Ledger ledger, Script script) {
			this.ledger = ledger;
			this.script = script;
		}

		@Transactional(noRollbackFor = UnsupportedOperationException.class, rollbackFor = InterruptedException.class)
		@ExactlyOnceEffect(flow = "paying", key = "#id")
		public String pay(String id) throws Throwable {
			this.ledger.add(id);
			if (this.script.rollbackOnly) {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			}
			this.script.inside.run();
			if (this.script.failure != null) {
				throw this.script.failure;
			}
			return "paid";
		}

	}

}
