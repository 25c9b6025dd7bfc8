// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * An external effect was begun, and nobody knows whether the outside world saw it. It is
 * not run again until a reconciler or a person decides; repeating the call cannot help,
 * so exclude this exception from retries.
 */
public final class EffectInDoubtException extends EffectException {

	/**
	 * Creates the exception.
	 * @param key the effect
	 * @param cause what the call ended with, {@code null} if this call did not begin it
	 */
	public EffectInDoubtException(EffectKey key, @Nullable Throwable cause) {
		super("Effect " + key + " is in doubt: it was begun and it is not known whether it happened. "
				+ "It is not run again until a reconciler or an operator decides", cause);
	}

}
