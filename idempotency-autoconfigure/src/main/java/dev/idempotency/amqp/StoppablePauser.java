// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits until the time has passed, somebody stops it, or the listener container does,
 * which tells nobody and is therefore asked.
 */
final class StoppablePauser implements Pauser, AutoCloseable {

	private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(50);

	private final CountDownLatch stopped = new CountDownLatch(1);

	@Override
	public boolean pause(Duration pause, BooleanSupplier goOn) {
		long end = System.nanoTime() + pause.toNanos();
		try {
			for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
				if (!goOn.getAsBoolean() || this.stopped.await(Math.min(left, SLICE), TimeUnit.NANOSECONDS)) {
					return false;
				}
			}
			return goOn.getAsBoolean();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public void close() {
		this.stopped.countDown();
	}

}
