// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

/**
 * A message that is to be acknowledged before it is handled could not be acknowledged, so
 * it was not handled.
 */
public final class NotAcknowledgedException extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param position the message
	 * @param cause what the broker or its client said
	 */
	public NotAcknowledgedException(String position, Exception cause) {
		super("Message " + position + " was not handled, because the broker did not answer to its acknowledgement",
				cause);
	}

}
