// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * The business code returned normally from a transaction that it, or something it called,
 * had marked rollback-only. Nothing was applied, so no success is reported.
 */
public final class EffectRolledBackException extends EffectException {

	public EffectRolledBackException(String message) {
		super(message);
	}

}
