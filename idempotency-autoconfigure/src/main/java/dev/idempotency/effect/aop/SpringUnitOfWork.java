// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.EffectException;
import dev.idempotency.effect.EffectRolledBackException;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.UnitOfWork;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A transaction of a Spring transaction manager, opened or joined, with the rollback
 * rules of its attribute. {@link EffectException}s roll back whatever the rules say.
 */
final class SpringUnitOfWork implements UnitOfWork {

	private final PlatformTransactionManager manager;

	private final TransactionAttribute attribute;

	private final Object resource;

	SpringUnitOfWork(PlatformTransactionManager manager, TransactionAttribute attribute, Object resource) {
		this.manager = manager;
		this.attribute = attribute;
		this.resource = resource;
	}

	@Override
	public <T extends @Nullable Object> T execute(Work<T> work) throws Throwable {
		TransactionStatus status = this.manager.getTransaction(this.attribute);
		T result;
		try {
			verify(status);
			result = work.run(new Running(status));
			if (status.isRollbackOnly()) {
				throw new EffectRolledBackException("The transaction of " + this.attribute.getName()
						+ " was marked rollback-only, so nothing of it was applied although its code returned normally; "
						+ "throw an exception that says why instead");
			}
		}
		catch (Throwable ex) {
			end(status, ex);
			throw ex;
		}
		this.manager.commit(status);
		return result;
	}

	private void verify(TransactionStatus status) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()
				|| !TransactionSynchronizationManager.hasResource(this.resource)) {
			throw new UnprotectedEffectException("Transaction manager " + this.manager
					+ " did not bind a transaction of the inbox's DataSource to the thread; "
					+ "use its own manager, with transaction synchronization on");
		}
		if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			throw new UnprotectedEffectException("The transaction that the effect would join is read-only; "
					+ "open it without readOnly, or call the effect outside of it");
		}
		if (status.isRollbackOnly()) {
			throw new UnprotectedEffectException("The transaction that the effect would join is already marked "
					+ "rollback-only, so nothing could commit; begin a new one");
		}
	}

	private void end(TransactionStatus status, Throwable failure) {
		try {
			if (commitsOn(status, failure)) {
				this.manager.commit(status);
			}
			else {
				// A participant may be configured to leave the decision to the outermost
				// transaction, which would commit the claim without the effect.
				status.setRollbackOnly();
				this.manager.rollback(status);
			}
		}
		catch (RuntimeException | Error ex) {
			ex.addSuppressed(failure);
			throw ex;
		}
	}

	private boolean commitsOn(TransactionStatus status, Throwable failure) {
		return !(failure instanceof EffectException) && !this.attribute.rollbackOn(failure) && !status.isRollbackOnly();
	}

	/**
	 * The transaction while the work runs.
	 */
	private final class Running implements Transaction {

		private final TransactionStatus status;

		private Running(TransactionStatus status) {
			this.status = status;
		}

		@Override
		public boolean commitsOn(Throwable failure) {
			return SpringUnitOfWork.this.commitsOn(this.status, failure);
		}

		@Override
		public void afterCompletion(CompletionListener listener) {
			TransactionSynchronizationManager.registerSynchronization(new CompletionSynchronization(listener));
		}

	}

}
