// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how long a consumer works on the records of one poll. Beyond
 * {@code max.poll.interval.ms} its partitions go to another consumer, which applies the
 * same records again; so it warns at half of that, once per interval.
 */
final class HandlingTime {

	private static final Logger logger = LoggerFactory.getLogger(HandlingTime.class);

	private static final long NEVER = Long.MIN_VALUE;

	private final String listener;

	private final long interval;

	private final Clock clock;

	private final ThreadLocal<@Nullable Long> began = new ThreadLocal<>();

	private final AtomicLong warned = new AtomicLong(NEVER);

	HandlingTime(String listener, Duration maxPollInterval, Clock clock) {
		this.listener = listener;
		this.interval = maxPollInterval.toMillis();
		this.clock = clock;
	}

	void polling() {
		this.began.remove();
	}

	void handling() {
		if (this.began.get() == null) {
			this.began.set(this.clock.millis());
		}
	}

	/**
	 * Looks at the time when a record is done.
	 * @return whether it warned
	 */
	boolean handled() {
		Long start = this.began.get();
		if (start == null) {
			return false;
		}
		long now = this.clock.millis();
		long took = now - start;
		long last = this.warned.get();
		if (took * 2 < this.interval || (last != NEVER && now - last < this.interval)
				|| !this.warned.compareAndSet(last, now)) {
			return false;
		}
		logger
			.warn("Listener {} has worked {} ms on the records of one poll. At max.poll.interval.ms={} its partitions "
					+ "are taken away and the records are delivered again elsewhere. "
					+ "Lower max.poll.records or raise max.poll.interval.ms", this.listener, took, this.interval);
		return true;
	}

}
