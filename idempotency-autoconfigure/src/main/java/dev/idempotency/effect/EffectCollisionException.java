// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * The key was used before with other content. The call is refused in every state;
 * repeating it cannot help.
 */
public final class EffectCollisionException extends EffectException {

	public EffectCollisionException(EffectKey key) {
		super("Effect " + key + " was already seen with other content: the same id names two different messages. "
				+ "Give every message an id of its own");
	}

}
