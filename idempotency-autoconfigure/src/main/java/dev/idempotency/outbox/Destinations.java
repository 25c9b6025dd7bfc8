// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

/**
 * Reads {@code transport:address}.
 */
public final class Destinations {

	/** Longest destination in characters. */
	public static final int MAX_LENGTH = 255;

	private Destinations() {
	}

	/**
	 * The transport of a destination.
	 * @param destination transport and address
	 * @return the part before the colon
	 * @throws OutboxException if the destination has another form
	 */
	public static String transport(String destination) {
		return destination.substring(0, colon(destination));
	}

	/**
	 * The address of a destination.
	 * @param destination transport and address
	 * @return the part behind the colon; may be empty, RabbitMQ's default exchange for
	 * instance
	 * @throws OutboxException if the destination has another form
	 */
	public static String address(String destination) {
		return destination.substring(colon(destination) + 1);
	}

	private static int colon(String destination) {
		int colon = destination.indexOf(':');
		if (colon <= 0 || destination.length() > MAX_LENGTH) {
			throw new OutboxException(
					"Destination '" + destination + "' must have the form 'transport:address' and at most " + MAX_LENGTH
							+ " characters, for instance 'kafka:orders' or 'rabbit:orders-exchange'");
		}
		return colon;
	}

}
