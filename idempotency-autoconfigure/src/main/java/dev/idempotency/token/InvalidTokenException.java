// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectException;

/**
 * A token or code cannot be used. It does not say why, because whoever presents one must
 * not learn whether it ever existed; {@link EffectEvent.Token} does.
 */
public final class InvalidTokenException extends EffectException {

	InvalidTokenException() {
		super("The token is not valid");
	}

}
