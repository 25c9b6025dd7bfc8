// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A method with a result was called again after its effect had finished, and there is no
 * result to return: the effect ended in {@link Outcome#REJECTED}, or finished without
 * storing a result. The effect is not repeated.
 */
public final class DuplicateEffectException extends EffectException {

	private final transient Outcome outcome;

	private final transient @Nullable StoredResult stored;

	/**
	 * Creates the exception.
	 * @param key the effect
	 * @param outcome how it had ended
	 */
	public DuplicateEffectException(EffectKey key, Outcome outcome) {
		this(key, outcome, null);
	}

	/**
	 * Creates the exception.
	 * @param key the effect
	 * @param outcome how it had ended
	 * @param stored what is known of the end, {@code null} for nothing
	 */
	public DuplicateEffectException(EffectKey key, Outcome outcome, @Nullable StoredResult stored) {
		super("Effect " + key + " is already " + outcome + " and is not run again"
				+ ((outcome == Outcome.COMPLETED) ? "; no result of it is stored: it finished when its method returned "
						+ "nothing, or where results are not stored, or somebody removed the result" : ""));
		this.outcome = Objects.requireNonNull(outcome, "outcome");
		this.stored = stored;
	}

	/**
	 * How the effect had ended.
	 * @return the outcome
	 */
	public Outcome outcome() {
		return this.outcome;
	}

	/**
	 * What {@link ResultCodec#encodeRejection} stored.
	 * @return what is stored, {@code null} if nothing is
	 */
	public @Nullable StoredResult stored() {
		return this.stored;
	}

}
