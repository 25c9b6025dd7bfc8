// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.EffectRolledBackException;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.UnitOfWork;
import dev.idempotency.inbox.UnitOfWork.Completion;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.interceptor.NoRollbackRuleAttribute;
import org.springframework.transaction.interceptor.RuleBasedTransactionAttribute;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

class SpringUnitOfWorkTests {

	private final ScriptedTransactionManager manager = new ScriptedTransactionManager();

	private final RuleBasedTransactionAttribute attribute = new RuleBasedTransactionAttribute();

	private final List<Completion> completions = new ArrayList<>();

	@Test
	void opensWithTheAttributesOfTheMethodAndCommits() throws Throwable {
		this.attribute.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
		this.attribute.setTimeout(7);
		assertThat(this.<String>execute(() -> "done")).isEqualTo("done");
		assertThat(this.manager.calls).containsExactly("begin isolation 8 timeout 7", "commit");
		assertThat(this.completions).containsExactly(Completion.COMMITTED);
	}

	@Test
	void rollsBackOnRuntimeExceptionsAndErrors() {
		assertThat(failure(new IllegalStateException("no"))).isInstanceOf(IllegalStateException.class);
		assertThat(failure(new StackOverflowError())).isInstanceOf(StackOverflowError.class);
		assertThat(this.manager.calls).filteredOn("rollback"::equals).hasSize(2);
		assertThat(this.completions).containsExactly(Completion.ROLLED_BACK, Completion.ROLLED_BACK);
	}

	@Test
	void commitsOnCheckedExceptionsAndByNoRollbackRules() {
		this.attribute.getRollbackRules().add(new NoRollbackRuleAttribute(IllegalStateException.class));
		assertThat(failure(new IOException("no"))).isInstanceOf(IOException.class);
		assertThat(failure(new IllegalStateException("no"))).isInstanceOf(IllegalStateException.class);
		assertThat(this.completions).containsExactly(Completion.COMMITTED, Completion.COMMITTED);
	}

	@Test
	void effectExceptionsRollBackWhateverTheRulesSay() {
		this.attribute.getRollbackRules().add(new NoRollbackRuleAttribute(RuntimeException.class));
		assertThat(failure(new UnprotectedEffectException("no"))).isInstanceOf(UnprotectedEffectException.class);
		assertThat(this.completions).containsExactly(Completion.ROLLED_BACK);
	}

	@Test
	void normalReturnFromATransactionMarkedRollbackOnlyIsNoSuccess() {
		Throwable failure = catchThrowable(() -> execute(() -> {
			new TransactionTemplate(this.manager).executeWithoutResult((status) -> status.setRollbackOnly());
			return "done";
		}));
		assertThat(failure).isInstanceOf(EffectRolledBackException.class)
			.hasMessageContaining("marked rollback-only, so nothing of it was applied");
		assertThat(this.completions).containsExactly(Completion.ROLLED_BACK);
	}

	@Test
	void noRollbackRuleDoesNotCommitWhatIsAlreadyMarkedRollbackOnly() {
		Throwable failure = catchThrowable(() -> execute(() -> {
			new TransactionTemplate(this.manager).executeWithoutResult((status) -> status.setRollbackOnly());
			throw new IOException("commits by the rules");
		}));
		assertThat(failure).isInstanceOf(IOException.class);
		assertThat(this.manager.calls).doesNotContain("commit");
	}

	@Test
	void commitThatThrowsIsUnknownAlthoughSpringRollsBackAfterwards() {
		this.manager.onCommit = new DataAccessResourceFailureException("connection lost");
		assertThat(catchThrowable(() -> execute(() -> "done"))).isSameAs(this.manager.onCommit);
		assertThat(this.manager.calls).endsWith("commit", "rollback");
		assertThat(this.completions).containsExactly(Completion.UNKNOWN);
	}

	@Test
	void commitThatThrowsATransactionExceptionIsUnknown() {
		this.manager.onCommit = new TransactionSystemException("connection lost");
		assertThat(catchThrowable(() -> execute(() -> "done"))).isSameAs(this.manager.onCommit);
		assertThat(this.completions).containsExactly(Completion.UNKNOWN);
	}

	@Test
	void failureBeforeTheCommitIsARollback() {
		Throwable failure = catchThrowable(() -> execute(() -> {
			TransactionSynchronizationManager.registerSynchronization(new FailsBeforeCommit());
			return "done";
		}));
		assertThat(failure).hasMessage("flush");
		assertThat(this.completions).containsExactly(Completion.ROLLED_BACK);
	}

	@Test
	void rollbackThatThrowsIsUnknownAndKeepsTheFirstFailure() {
		this.manager.onRollback = new TransactionSystemException("connection lost");
		Throwable failure = failure(new IllegalStateException("first"));
		assertThat(failure).isSameAs(this.manager.onRollback);
		assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("first");
		assertThat(this.completions).containsExactly(Completion.UNKNOWN);
	}

	@Test
	void joinedTransactionIsDecidedByTheOuterCommit() {
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			assertThat(catchThrowable(() -> execute(() -> "done"))).isNull();
			assertThat(this.completions).isEmpty();
		});
		assertThat(this.completions).containsExactly(Completion.COMMITTED);
	}

	@Test
	void joinedTransactionIsDecidedByTheOuterRollback() {
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			assertThat(catchThrowable(() -> execute(() -> "done"))).isNull();
			status.setRollbackOnly();
		});
		assertThat(this.completions).containsExactly(Completion.ROLLED_BACK);
	}

	@Test
	void failureThatTheOuterCallerSwallowsStillRollsEverythingBack() {
		this.manager.setGlobalRollbackOnParticipationFailure(false);
		assertThatExceptionOfType(UnexpectedRollbackException.class)
			.isThrownBy(() -> new TransactionTemplate(this.manager)
				.executeWithoutResult((status) -> failure(new IllegalStateException("swallowed"))));
		assertThat(this.manager.calls).doesNotContain("commit");
		assertThat(this.completions).containsExactly(Completion.ROLLED_BACK);
	}

	@Test
	void readOnlyTransactionIsNotJoined() {
		TransactionTemplate readOnly = new TransactionTemplate(this.manager);
		readOnly.setReadOnly(true);
		assertThat(catchThrowable(() -> readOnly
			.executeWithoutResult((status) -> assertThat(failureOfRun()).isInstanceOf(UnprotectedEffectException.class)
				.hasMessageContaining("read-only"))))
			.isInstanceOf(UnexpectedRollbackException.class);
	}

	@Test
	void transactionMarkedRollbackOnlyIsNotJoined() {
		new TransactionTemplate(this.manager).executeWithoutResult((status) -> {
			new TransactionTemplate(this.manager).executeWithoutResult((inner) -> inner.setRollbackOnly());
			assertThat(failureOfRun()).isInstanceOf(UnprotectedEffectException.class)
				.hasMessageContaining("already marked rollback-only");
			status.setRollbackOnly();
		});
	}

	@Test
	void managerThatBindsAnotherResourceIsRefusedBeforeTheWork() {
		this.manager.binding = false;
		assertThat(failureOfRun()).isInstanceOf(UnprotectedEffectException.class)
			.hasMessageContaining("did not bind a transaction of the inbox's DataSource");
	}

	@Test
	void managerWithoutSynchronizationIsRefusedBeforeTheWork() {
		this.manager.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
		assertThat(failureOfRun()).isInstanceOf(UnprotectedEffectException.class)
			.hasMessageContaining("with transaction synchronization on");
	}

	private Throwable failureOfRun() {
		return catchThrowable(() -> execute(() -> {
			throw new AssertionError("ran");
		}));
	}

	private Throwable failure(Throwable thrown) {
		return catchThrowable(() -> execute(() -> {
			throw thrown;
		}));
	}

	private <T> T execute(Body<T> body) throws Throwable {
		UnitOfWork unit = new SpringUnitOfWork(this.manager, this.attribute, ScriptedTransactionManager.RESOURCE);
		return unit.execute((transaction) -> {
			transaction.afterCompletion(this.completions::add);
			return body.run();
		});
	}

	@FunctionalInterface
	interface Body<T> {

		T run() throws Throwable;

	}

	static class FailsBeforeCommit implements TransactionSynchronization {

		@Override
		public int getOrder() {
			return 0;
		}

		@Override
		public void beforeCommit(boolean readOnly) {
			throw new IllegalStateException("flush");
		}

	}

}
