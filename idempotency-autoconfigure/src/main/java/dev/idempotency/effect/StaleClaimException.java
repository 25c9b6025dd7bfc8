// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * The body returned after the lease of its claim had ended and the claim had been taken
 * away. What it returned is not stored and nothing of this call counts; call again to
 * learn what became of the effect.
 */
public final class StaleClaimException extends EffectException {

	/**
	 * Creates the exception.
	 * @param key the effect
	 */
	public StaleClaimException(EffectKey key) {
		super("The claim of effect " + key + " was taken over while its body ran: its lease had ended. "
				+ "Call again with the same key to learn what became of it; "
				+ "set a lease that pauses of the process do not exceed");
	}

}
