// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * Threads that end together.
 */
final class Crew {

	private final ThreadFactory threads;

	private final LongSupplier nanos;

	private final Signal ended;

	private int alive;

	Crew(ThreadFactory threads, Timing timing) {
		this.threads = threads;
		this.nanos = timing.nanos();
		this.ended = timing.signals().create();
	}

	void start(String name, Runnable work) {
		Thread thread = this.threads.newThread(() -> {
			try {
				work.run();
			}
			finally {
				count(-1);
				this.ended.raise();
			}
		});
		if (thread == null) {
			throw new IllegalStateException("The thread factory made no thread for '" + name + "'");
		}
		thread.setName("idempotency-relay-" + name);
		count(1);
		try {
			thread.start();
		}
		catch (Throwable ex) {
			count(-1);
			throw ex;
		}
	}

	/**
	 * Waits until every thread has ended.
	 * @param bound longest wait in nanoseconds
	 * @return whether all have ended
	 */
	boolean awaitEnd(long bound) {
		long begin = this.nanos.getAsLong();
		while (count(0) > 0) {
			long left = bound - (this.nanos.getAsLong() - begin);
			if (left <= 0) {
				return false;
			}
			this.ended.await(left);
		}
		return true;
	}

	private synchronized int count(int change) {
		this.alive += change;
		return this.alive;
	}

}
