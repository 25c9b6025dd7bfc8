// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far consumer groups acknowledged their partitions.
 */
final class Commits {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Map<Position, Long> offsets = new HashMap<>();

	void committed(String group, String topic, long offset) {
		this.lock.lock();
		try {
			this.offsets.put(new Position(group, topic), offset);
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean reached(String group, String topic, long offset) {
		this.lock.lock();
		try {
			return this.offsets.getOrDefault(new Position(group, topic), 0L) >= offset;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until a group acknowledged everything below an offset.
	 */
	void await(String group, String topic, long offset, Duration timeout)
			throws InterruptedException, TimeoutException {
		this.lock.lockInterruptibly();
		try {
			long left = timeout.toNanos();
			while (!reached(group, topic, offset)) {
				if (left <= 0) {
					throw new TimeoutException("Group " + group + " did not reach offset " + offset + " of " + topic
							+ " in " + timeout + ": " + this.offsets);
				}
				left = this.changed.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private record Position(String group, String topic) {
	}

}
