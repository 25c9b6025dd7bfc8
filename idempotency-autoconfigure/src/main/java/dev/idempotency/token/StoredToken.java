// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

/**
 * What is known of a token.
 *
 * @param hash what it is known by
 * @param subject whom or what it is for
 * @param state whether it can be used
 * @param attempts wrong guesses so far
 */
public record StoredToken(byte[] hash, String subject, State state, int attempts) {

	/**
	 * Whether a token can be used.
	 */
	public enum State {

		/** It can. */
		USABLE,

		/** It was. */
		USED,

		/** It was revoked before it was used. */
		REVOKED,

		/** Its time is over. */
		EXPIRED

	}

}
