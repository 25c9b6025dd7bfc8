// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes down what it is asked, and fails where it is told to.
 */
class ScriptedTransactionManager extends AbstractPlatformTransactionManager {

	static final Object RESOURCE = new Object();

	final List<String> calls = new ArrayList<>();

	@Nullable RuntimeException onCommit;

	@Nullable RuntimeException onRollback;

	boolean binding = true;

	private @Nullable Scripted current;

	@Override
	protected Object doGetTransaction() {
		return (this.current != null) ? this.current : new Scripted();
	}

	@Override
	protected boolean isExistingTransaction(Object transaction) {
		return transaction == this.current;
	}

	@Override
	protected void doBegin(Object transaction, TransactionDefinition definition) {
		this.current = (Scripted) transaction;
		this.calls.add("begin isolation " + definition.getIsolationLevel() + " timeout " + definition.getTimeout());
		if (this.binding) {
			TransactionSynchronizationManager.bindResource(RESOURCE, this.current);
		}
	}

	@Override
	protected void doCommit(DefaultTransactionStatus status) {
		this.calls.add("commit");
		if (this.onCommit != null) {
			throw this.onCommit;
		}
	}

	@Override
	protected void doRollback(DefaultTransactionStatus status) {
		this.calls.add("rollback");
		if (this.onRollback != null) {
			throw this.onRollback;
		}
	}

	@Override
	protected void doSetRollbackOnly(DefaultTransactionStatus status) {
		this.calls.add("rollback-only");
		((Scripted) status.getTransaction()).rollbackOnly = true;
	}

	@Override
	protected void doCleanupAfterCompletion(Object transaction) {
		this.current = null;
		TransactionSynchronizationManager.unbindResourceIfPossible(RESOURCE);
	}

	private static final class Scripted implements SmartTransactionObject {

		private boolean rollbackOnly;

		@Override
		public boolean isRollbackOnly() {
			return this.rollbackOnly;
		}

		@Override
		public void flush() {
		}

	}

}
