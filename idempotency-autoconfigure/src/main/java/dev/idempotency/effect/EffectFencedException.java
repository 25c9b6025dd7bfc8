// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * Somebody else took the stream of the message while the effect ran, so that its
 * transaction must not commit. Everything is rolled back; the message is delivered again,
 * to whoever owns its stream.
 */
public final class EffectFencedException extends EffectException {

	/**
	 * Creates the exception.
	 * @param stream the stream
	 * @param cause what the database said, {@code null} if it only did nothing
	 */
	public EffectFencedException(String stream, @Nullable Throwable cause) {
		super("The transaction no longer owns stream '" + stream
				+ "': another consumer took it. Nothing was applied; the message is delivered again", cause);
	}

}
