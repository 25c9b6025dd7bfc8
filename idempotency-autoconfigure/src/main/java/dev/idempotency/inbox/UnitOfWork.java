// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import org.jspecify.annotations.Nullable;

/**
 * A transaction on the inbox's database, opened or joined. Implemented on Spring's
 * transaction managers; by hand in tests.
 */
@FunctionalInterface
public interface UnitOfWork {

	/**
	 * Runs work inside the transaction, commits or rolls back, and returns only after a
	 * commit that did not fail, unless the transaction belongs to a caller further out.
	 * @param work what to run
	 * @param <T> type of the result
	 * @return the result of the work
	 * @throws Throwable what the work or the commit threw. Work that returns normally
	 * inside a transaction marked rollback-only fails here, so that no success is
	 * reported for it
	 */
	<T extends @Nullable Object> T execute(Work<T> work) throws Throwable;

	/**
	 * What runs inside the transaction.
	 *
	 * @param <T> type of the result
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object> {

		/**
		 * Runs inside the transaction.
		 * @param transaction the transaction
		 * @return the result
		 * @throws Throwable anything
		 */
		T run(Transaction transaction) throws Throwable;

	}

	/**
	 * The running transaction.
	 */
	interface Transaction {

		/**
		 * Whether the transaction commits although the work throws.
		 * @param failure what the work throws
		 * @return {@code true} if it commits
		 */
		boolean commitsOn(Throwable failure);

		/**
		 * Hears how the outermost transaction ended.
		 * @param listener called once, after the end
		 */
		void afterCompletion(CompletionListener listener);

	}

	/**
	 * How a transaction ended.
	 */
	enum Completion {

		/** Committed. */
		COMMITTED,

		/** Rolled back. */
		ROLLED_BACK,

		/** The commit failed without an answer. */
		UNKNOWN

	}

	/**
	 * Hears how a transaction ended.
	 */
	@FunctionalInterface
	interface CompletionListener {

		/**
		 * Called after the end of the transaction.
		 * @param completion how it ended
		 */
		void completed(Completion completion);

	}

}
