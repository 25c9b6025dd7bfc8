// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

/**
 * Where outgoing messages wait. Works on the transaction bound to the calling thread.
 */
public interface OutboxStore {

	/**
	 * Inserts a message into the current transaction, with one plain insert.
	 * @param message the message
	 * @throws OutboxException if no transaction of the store's database is active
	 */
	void insert(OutboxRecord message);

	/**
	 * Calls back after the current transaction has committed.
	 * @param callback what to run
	 */
	void afterCommit(Runnable callback);

}
