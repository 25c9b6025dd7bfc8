// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * An effect was not applied by this call. Subclasses say why; none of them leaves
 * anything behind in the database.
 */
public abstract class EffectException extends RuntimeException {

	protected EffectException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	protected EffectException(String message) {
		super(message);
	}

}
