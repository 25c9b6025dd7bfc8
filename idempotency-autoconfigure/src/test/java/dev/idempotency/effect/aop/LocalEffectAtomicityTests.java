// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.io.IOException;

import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectRolledBackException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
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
class LocalEffectAtomicityTests {

	private final AnnotationConfigApplicationContext context = EffectApplication.start(Payments.class, Script.class);

	private final Payments payments = this.context.getBean(Payments.class);

	private final Script script = this.context.getBean(Script.class);

	private final Ledger ledger = this.context.getBean(Ledger.class);

	private final TableInbox inbox = this.context.getBean(TableInbox.class);

	private final Events events = this.context.getBean(Events.class);

	private final TransactionTemplate outer = new TransactionTemplate(
			this.context.getBean(PlatformTransactionManager.class));

	@AfterEach
	void close() {
		this.context.close();
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
		assertThat(this.inbox.claims()).isOne();
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
		assertThat(this.inbox.claims()).isZero();
		assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
		assertThat(this.events.of(EffectEvent.RolledBack.class)).hasSize(1);
	}

	@Test
	void savepointInsideTheBodyDoesNotUndoTheEffect() {
		this.script.savepoint = true;
		assertThat(catchThrowable(() -> this.payments.pay("42"))).isNull();
		assertThat(this.ledger.entries()).containsExactly("42");
		assertThat(this.events.of(EffectEvent.Completed.class)).hasSize(1);
	}

	private void assertNothingIsLeft() {
		assertThat(this.ledger.entries()).isEmpty();
		assertThat(this.inbox.claims()).isZero();
		assertThat(this.events.of(EffectEvent.Completed.class)).isEmpty();
	}

	static class Script {

		private Throwable failure;

		private boolean rollbackOnly;

		private boolean savepoint;

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
			if (this.script.savepoint) {
				Object savepoint = TransactionAspectSupport.currentTransactionStatus().createSavepoint();
				this.ledger.add("undone");
				TransactionAspectSupport.currentTransactionStatus().rollbackToSavepoint(savepoint);
			}
			if (this.script.failure != null) {
				throw this.script.failure;
			}
			return "paid";
		}

	}

}
