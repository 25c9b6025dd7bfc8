// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes one waiting thread. A signal raised while nobody waits ends the next wait.
 */
interface Signal {

	void raise();

	/**
	 * Waits until the signal is raised, the time is over or the thread is interrupted.
	 * Interruption does not end a thread of the relay, {@link Relay#stop} does.
	 * @param nanos longest wait
	 */
	void await(long nanos);

	static Signal real() {
		return new Real();
	}

	/**
	 * A signal for real threads.
	 */
	final class Real implements Signal {

		private final ReentrantLock lock = new ReentrantLock();

		private final Condition changed = this.lock.newCondition();

		private volatile boolean raised;

		/**
		 * {@inheritDoc} Answers come by the hundred, and only the first has to wake
		 * anybody.
		 */
		@Override
		public void raise() {
			if (this.raised) {
				return;
			}
			this.lock.lock();
			try {
				this.raised = true;
				this.changed.signal();
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public void await(long nanos) {
			this.lock.lock();
			try {
				long left = nanos;
				while (!this.raised && left > 0) {
					left = this.changed.awaitNanos(left);
				}
			}
			catch (InterruptedException ex) {
				Outage.LOGGER.debug("A wait of the relay was interrupted", ex);
			}
			finally {
				this.raised = false;
				this.lock.unlock();
			}
		}

	}

	/**
	 * Makes signals.
	 */
	@FunctionalInterface
	interface Factory {

		Signal create();

	}

}
