// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Reads the next page of a log beside the thread that encodes and sends the one before.
 * Only one of the two has the reader: whoever wants it waits for the other first.
 */
final class ReadAhead {

	private static final long LOOK_AGAIN = TimeUnit.MINUTES.toNanos(1);

	private final Executor threads;

	private final Signal signal;

	private volatile boolean busy;

	/**
	 * Creates it.
	 * @param threads runs what is read
	 * @param signal of the thread that sends
	 */
	ReadAhead(Executor threads, Signal signal) {
		this.threads = threads;
		this.signal = signal;
	}

	/**
	 * Begins to read, unless that goes on already.
	 * @param read reads; what fails in it is tried again when the page is closed
	 */
	void begin(Runnable read) {
		if (!this.busy) {
			this.busy = true;
			try {
				this.threads.execute(() -> run(read));
			}
			catch (RuntimeException | Error ex) {
				this.busy = false;
				throw ex;
			}
		}
	}

	private void run(Runnable read) {
		try {
			read.run();
		}
		finally {
			this.busy = false;
			this.signal.raise();
		}
	}

	/**
	 * Waits until the reader is free.
	 */
	void await() {
		while (this.busy) {
			this.signal.await(LOOK_AGAIN);
		}
	}

}
