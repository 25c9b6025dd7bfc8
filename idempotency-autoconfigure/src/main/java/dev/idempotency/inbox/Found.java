// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.ProviderKey;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who wanted to claim an external effect found.
 */
sealed interface Found {

	/**
	 * The claim is the caller's.
	 *
	 * @param id the claim and its life
	 * @param attempts how often it was begun, this time included
	 * @param reached whether an attempt before may have reached the outside
	 * @param providerKey the stored key, {@code null} without one
	 */
	record Won(ClaimId id, int attempts, boolean reached, @Nullable ProviderKey providerKey) implements Found {
	}

	/**
	 * The effect is decided.
	 *
	 * @param outcome how it ended
	 * @param result what is stored of its result
	 */
	record Finished(Outcome outcome, @Nullable StoredResult result) implements Found {
	}

	/**
	 * The effect waits for a decision.
	 */
	record Doubtful() implements Found {
	}

	/**
	 * Somebody else runs it.
	 */
	record Busy() implements Found {
	}

	/**
	 * The key is known with other content.
	 */
	record Collision() implements Found {
	}

}
