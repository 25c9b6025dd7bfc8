// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * Watches the steps of an effect, for traces. Whatever it does, the step runs exactly
 * once and its result or exception passes unchanged.
 */
public interface EffectObservation {

	/** Watches nothing. */
	EffectObservation NONE = new EffectObservation() {

		@Override
		public <T extends @Nullable Object> T observe(Step step, EffectKey key, EffectBody<T> body) throws Throwable {
			return body.run();
		}

	};

	/**
	 * Runs a step under observation.
	 * @param step which step
	 * @param key the effect
	 * @param body the step
	 * @param <T> type of its result
	 * @return what the step returned
	 * @throws Throwable what the step threw
	 */
	<T extends @Nullable Object> T observe(Step step, EffectKey key, EffectBody<T> body) throws Throwable;

	/**
	 * A step of an effect.
	 */
	enum Step {

		/** From the call to the commit. */
		EFFECT,

		/** The claim, waiting included. */
		CLAIM,

		/** The business code. */
		BODY

	}

}
