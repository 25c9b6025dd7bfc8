// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Beats on threads of its own. A body that ends before its first beat costs no statement.
 */
public final class ThreadedHeartbeats implements Heartbeats, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ThreadedHeartbeats.class);

	private final ScheduledThreadPoolExecutor executor;

	/**
	 * Creates the threads.
	 * @param threads how many, so that one beat that hangs does not stop the others
	 */
	public ThreadedHeartbeats(int threads) {
		this.executor = new ScheduledThreadPoolExecutor(threads, (task) -> {
			Thread thread = new Thread(task, "idempotency-heartbeat");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setRemoveOnCancelPolicy(true);
	}

	@Override
	public Running start(Duration every, BooleanSupplier beat) {
		long nanos = every.toNanos();
		Future<?> task = this.executor.scheduleWithFixedDelay(new Beat(beat), nanos, nanos, TimeUnit.NANOSECONDS);
		return () -> task.cancel(false);
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

	/**
	 * Ends itself by an exception once it is not needed: the executor drops it then.
	 */
	private record Beat(BooleanSupplier beat) implements Runnable {

		@Override
		public void run() {
			boolean needed;
			try {
				needed = this.beat.getAsBoolean();
			}
			catch (RuntimeException ex) {
				logger.warn("The lease of an external effect could not be renewed, again at the next beat: {}",
						ex.toString());
				return;
			}
			if (!needed) {
				throw new Ended();
			}
		}

	}

	/**
	 * Stops the executor from beating.
	 */
	private static final class Ended extends RuntimeException {

		private Ended() {
			super("ended", null, false, false);
		}

	}

}
