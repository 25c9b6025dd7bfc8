// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

/**
 * Takes messages set aside.
 */
@FunctionalInterface
public interface ParkingLot {

	/**
	 * Sets a message aside durably, in a transaction of its own. Parking the same
	 * position for the same flow again changes nothing.
	 * @param message the message
	 */
	void park(ParkedMessage message);

}
