// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * The broker was asked for the partitions of a destination and did not tell. Nothing is
 * wrong with the messages: they wait.
 */
final class PartitionsUnknownException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	PartitionsUnknownException(String destination, RuntimeException cause) {
		super("The partitions of '" + destination + "' are not known, so its messages cannot be numbered yet: "
				+ cause.getMessage(), cause);
	}

}
