// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Another transaction holds the same key and did not finish within the bounded wait.
 * Nothing is known about its end, so the caller repeats later; a broker message stays
 * unacknowledged.
 */
public final class EffectInProgressException extends EffectException {

	public EffectInProgressException(EffectKey key, Duration waited, @Nullable Throwable cause) {
		super("Effect " + key + " is in progress elsewhere, gave up after " + waited.toMillis()
				+ " ms; repeat later with the same key", cause);
	}

}
