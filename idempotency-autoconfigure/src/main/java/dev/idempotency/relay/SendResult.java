// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * What a broker said to a message.
 */
public sealed interface SendResult {

	/**
	 * The broker has taken responsibility for the message, on a route that exists.
	 */
	record Confirmed() implements SendResult {
	}

	/**
	 * Nothing is wrong with the message; the destination does not answer, or its answer
	 * was lost. The message may or may not be there: it is sent again with the same id.
	 * Uses up no attempt.
	 *
	 * @param cause what happened
	 */
	record Unavailable(Throwable cause) implements SendResult {
	}

	/**
	 * The broker will not take this message: too large, no route, not allowed. Uses up an
	 * attempt.
	 *
	 * @param cause what the broker said
	 */
	record Refused(Throwable cause) implements SendResult {
	}

}
