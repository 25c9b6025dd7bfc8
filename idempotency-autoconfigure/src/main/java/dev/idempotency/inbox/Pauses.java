// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;

/**
 * Waits. By hand in tests.
 */
@FunctionalInterface
public interface Pauses {

	/** Waits for real. */
	Pauses SLEEPING = (pause) -> Thread.sleep(pause.toMillis());

	/**
	 * Waits.
	 * @param pause how long
	 * @throws InterruptedException if the thread was interrupted
	 */
	void pause(Duration pause) throws InterruptedException;

}
