// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * A message or call has no usable identity: none at all, blank, too long, or without a
 * stable text form. It is refused rather than run unprotected.
 */
public final class InvalidIdentityException extends EffectException {

	public InvalidIdentityException(String message) {
		super(message);
	}

	public InvalidIdentityException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
