// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.function.Supplier;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.UnprotectedEffectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps external effects out of transactions: a rollback would not undo them, and while
 * the world outside is waited for, the transaction would hold its connection and locks.
 */
final class OpenTransactions {

	private static final Logger logger = LoggerFactory.getLogger(OpenTransactions.class);

	private final Supplier<EffectListener> listener;

	OpenTransactions(Supplier<EffectListener> listener) {
		this.listener = listener;
	}

	/**
	 * Refuses an effect inside of a transaction.
	 * @return whether one is open, and allowed
	 */
	boolean check(EffectKey key, boolean allowed) {
		boolean open = TransactionSynchronizationManager.isActualTransactionActive();
		if (open && !allowed) {
			throw new UnprotectedEffectException("External effect " + key + " was called inside of transaction '"
					+ TransactionSynchronizationManager.getCurrentTransactionName()
					+ "', whose rollback could not undo it. Call it after the commit or give a message to the outbox "
					+ "and have the effect in its listener; if it must be, set idempotency.flows." + key.consumer()
					+ ".external.allow-in-transaction=true");
		}
		return open;
	}

	/**
	 * Says so if the transaction around a finished effect rolls back.
	 */
	void reportRollback(EffectKey key) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCompletion(int status) {
				if (status != STATUS_COMMITTED) {
					logger.warn("The transaction around external effect {} did not commit; the effect happened and "
							+ "stays completed", key);
					OpenTransactions.this.listener.get().on(new EffectEvent.OutlivedRollback(key.consumer(), key));
				}
			}

		});
	}

}
