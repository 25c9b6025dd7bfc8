// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits. By hand in tests.
 */
@FunctionalInterface
public interface Pauses {

	/** Waits for real. */
	Pauses REAL = (pause) -> {
		long left = pause.toNanos();
		long end = System.nanoTime() + left;
		CountDownLatch never = new CountDownLatch(1);
		while (left > 0 && !never.await(left, TimeUnit.NANOSECONDS)) {
			left = end - System.nanoTime();
		}
	};

	/**
	 * Waits.
	 * @param pause how long
	 * @throws InterruptedException if the thread was interrupted
	 */
	void pause(Duration pause) throws InterruptedException;

}
