// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a claim found.
 */
public sealed interface Claim {

	/**
	 * The caller holds the key until its transaction ends and may run the effect.
	 */
	non-sealed interface Held extends Claim {

		/**
		 * Records that the effect ends in {@link Outcome#REJECTED}; part of the same
		 * transaction.
		 */
		void reject();

		/**
		 * Proves, as the last act before the commit, that the transaction still holds the
		 * claim. On PostgreSQL a failed statement that the body swallowed turns the
		 * commit into a silent rollback; on MariaDB a swallowed deadlock loses the first
		 * half of the transaction and commits the second.
		 * @return {@code false} if the commit would not commit this claim
		 */
		boolean holds();

		/**
		 * Hears how the transaction of the claim ended, once it has.
		 * @param completion how it ended
		 */
		default void ended(UnitOfWork.Completion completion) {
		}

		/**
		 * Whether the database refused the commit because the claim did not hold, so that
		 * nothing of the transaction is there.
		 * @return {@code true} if that is certain
		 */
		default boolean refused() {
			return false;
		}

	}

	/**
	 * The effect is finished and committed.
	 *
	 * @param outcome how it ended
	 */
	record Done(Outcome outcome) implements Claim {
	}

	/**
	 * The key is known with another fingerprint.
	 */
	record Collision() implements Claim {
	}

	/**
	 * Somebody else still holds the key after the bounded wait, or the database chose
	 * this transaction as a victim. The transaction must be rolled back.
	 *
	 * @param cause what the database said
	 */
	record Busy(@Nullable Throwable cause) implements Claim {
	}

}
