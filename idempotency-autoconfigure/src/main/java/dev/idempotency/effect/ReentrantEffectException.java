// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * An effect was entered again on the same thread with the same key: it would wait for
 * itself.
 */
public final class ReentrantEffectException extends EffectException {

	public ReentrantEffectException(EffectKey key) {
		super("Effect " + key + " is already running on this thread; call the business code directly, "
				+ "or give the inner effect a flow of its own");
	}

}
