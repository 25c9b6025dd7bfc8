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
	LOCAL("inbox, id mode: claim, business writes and outcome in one transaction",
			"what the method writes to the inbox's database, and what it gives to the outbox"),

	/**
	 * The effect calls a provider that accepts an idempotency key; it may be called again
	 * with the same key while the provider remembers it.
	 */
	EXTERNAL_WITH_KEY("claim before the call, the same provider key in every attempt, fenced outcome",
			"the provider, as long as it recognises the key; after that the effect is in doubt"),

	/**
	 * The effect calls the outside world without a key. It is called at most once; a
	 * crash in between leaves it in doubt.
	 */
	EXTERNAL_AT_MOST_ONCE("claim before the call, at most one call, fenced outcome",
			"at most one call; a crash or an unclear failure leaves the effect in doubt");

	private final String mechanism;

	private final String boundary;

	EffectContract(String mechanism, String boundary) {
		this.mechanism = mechanism;
		this.boundary = boundary;
	}

	/**
	 * What keeps the contract, for the catalogue.
	 * @return a line of text
	 */
	public String mechanism() {
		return this.mechanism;
	}

	/**
	 * Up to where the contract holds, for the catalogue.
	 * @return a line of text
	 */
	public String boundary() {
		return this.boundary;
	}

}
