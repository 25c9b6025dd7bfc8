// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * The result of an effect cannot be stored or cannot be read. Thrown before the commit,
 * nothing was applied. Thrown when a finished effect is asked for its result, the effect
 * stays finished and is never run again because of this.
 */
public final class ResultException extends EffectException {

	/**
	 * Creates the exception.
	 * @param message what cannot be done, and what helps
	 */
	public ResultException(String message) {
		super(message);
	}

	/**
	 * Creates the exception.
	 * @param message what cannot be done, and what helps
	 * @param cause what failed
	 */
	public ResultException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
