// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * What became of a call.
 *
 * @param <T> type of the body's result
 */
public sealed interface EffectResult<T extends @Nullable Object> {

	/**
	 * The body ran in this call and its transaction committed, or will commit with the
	 * caller's.
	 *
	 * @param value what the body returned
	 */
	record Applied<T extends @Nullable Object>(T value) implements EffectResult<T> {
	}

	/**
	 * The effect was finished before; the body did not run.
	 *
	 * @param outcome how it had ended
	 * @param stored its result, {@code null} if none was stored or none was asked for
	 */
	record Duplicate<T extends @Nullable Object>(Outcome outcome,
			@Nullable StoredResult stored) implements EffectResult<T> {

		/**
		 * Without a result.
		 * @param outcome how it had ended
		 */
		public Duplicate(Outcome outcome) {
			this(outcome, null);
		}

	}

}
