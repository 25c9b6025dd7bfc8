// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * What kind of effect a flow has, and so which protocol keeps it from repeating.
 */
public enum EffectContract {

	/**
	 * Everything the effect changes lives in the database of the inbox. Claim, business
	 * writes, outgoing messages and outcome commit in one transaction: no lease, no
	 * window.
	 */
	LOCAL,

	/**
	 * The effect calls a provider that accepts an idempotency key; it may be called again
	 * with the same key while the provider remembers it.
	 */
	EXTERNAL_WITH_KEY,

	/**
	 * The effect calls the outside world without a key. It is called at most once; a
	 * crash in between leaves it in doubt.
	 */
	EXTERNAL_AT_MOST_ONCE

}
