// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * Stores results of local effects beside their claims. Works on the transaction bound to
 * the calling thread, like the {@link Inbox}.
 */
public interface ResultStore {

	/**
	 * Stores the result of an effect whose claim the transaction holds. It is kept as
	 * long as the claim.
	 * @param key the effect
	 * @param result its result
	 * @throws UnprotectedEffectException if the transaction does not hold the claim
	 */
	void store(EffectKey key, StoredResult result);

	/**
	 * Finds the result of an effect that a claim found finished, even if it is younger
	 * than what else the transaction sees.
	 * @param key the effect
	 * @return the result, {@code null} if none was stored
	 */
	@Nullable StoredResult find(EffectKey key);

}
