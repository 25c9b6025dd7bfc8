// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * The effect cannot be protected: no transaction on the inbox's database is bound to the
 * thread, the transaction died, or the claim is no longer in it. Everything is rolled
 * back.
 */
public final class UnprotectedEffectException extends EffectException {

	public UnprotectedEffectException(String message) {
		super(message);
	}

	public UnprotectedEffectException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
