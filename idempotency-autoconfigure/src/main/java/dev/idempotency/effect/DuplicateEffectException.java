// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * A method with a result was called again after its effect had finished. The effect is
 * not repeated.
 */
public final class DuplicateEffectException extends EffectException {

	private final transient Outcome outcome;

	public DuplicateEffectException(EffectKey key, Outcome outcome) {
		super("Effect " + key + " is already " + outcome + " and is not run again");
		this.outcome = outcome;
	}

	/**
	 * How the effect had ended.
	 * @return the outcome
	 */
	public Outcome outcome() {
		return this.outcome;
	}

}
