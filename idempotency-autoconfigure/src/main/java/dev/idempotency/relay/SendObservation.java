// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * Watches what a transport sends.
 */
@FunctionalInterface
public interface SendObservation {

	/** Watches nothing. */
	SendObservation NONE = (transport) -> transport;

	/**
	 * Puts itself around a transport.
	 * @param transport the transport
	 * @return one that sends as the given one does
	 */
	Transport around(Transport transport);

}
