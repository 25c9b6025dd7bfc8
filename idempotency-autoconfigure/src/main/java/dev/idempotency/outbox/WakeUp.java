// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

/**
 * Tells the relay that a message has committed.
 */
@FunctionalInterface
public interface WakeUp {

	/**
	 * Called after the commit, on the committing thread; must be quick.
	 * @param destination where the message goes
	 * @param lane its lane
	 */
	void committed(String destination, int lane);

}
