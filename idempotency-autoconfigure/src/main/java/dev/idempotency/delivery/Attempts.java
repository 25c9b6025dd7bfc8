// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import dev.idempotency.effect.EffectKey;

/**
 * Counts failed attempts durably, so that a restart or a rebalance does not begin anew.
 * Every call is a transaction of its own, after the failed one was rolled back.
 */
public interface Attempts {

	/**
	 * Counts a failed attempt.
	 * @param key the message
	 * @param error what failed
	 * @return how many attempts have failed so far, this one included
	 */
	int failed(EffectKey key, String error);

	/**
	 * Forgets the attempts of a message that was applied or set aside.
	 * @param key the message
	 */
	void forget(EffectKey key);

}
