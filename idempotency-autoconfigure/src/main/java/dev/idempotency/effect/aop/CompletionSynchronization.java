// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import dev.idempotency.inbox.UnitOfWork.Completion;
import dev.idempotency.inbox.UnitOfWork.CompletionListener;

import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Tells how the outermost transaction ended. Spring rolls back after a commit that threw
 * and then reports a rollback; the commit may have happened all the same, so that end is
 * unknown. A rollback to a savepoint from before the effect undoes the effect although
 * the transaction commits.
 */
final class CompletionSynchronization implements TransactionSynchronization {

	private final CompletionListener listener;

	private final Set<Object> ownSavepoints = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean committing;

	private boolean undone;

	CompletionSynchronization(CompletionListener listener) {
		this.listener = listener;
	}

	@Override
	public void savepoint(Object savepoint) {
		this.ownSavepoints.add(savepoint);
	}

	@Override
	public void savepointRollback(Object savepoint) {
		this.undone = this.undone || !this.ownSavepoints.contains(savepoint);
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		this.committing = true;
	}

	@Override
	public void afterCompletion(int status) {
		this.listener.completed(completion(status));
	}

	private Completion completion(int status) {
		if (this.undone) {
			return Completion.ROLLED_BACK;
		}
		return switch (status) {
			case STATUS_COMMITTED -> Completion.COMMITTED;
			case STATUS_ROLLED_BACK -> this.committing ? Completion.UNKNOWN : Completion.ROLLED_BACK;
			default -> Completion.UNKNOWN;
		};
	}

}
