// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.idempotency.delivery.Delivery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how long messages are being handled, and warns while there is still time: past
 * its consumer timeout the broker delivers a message again elsewhere.
 */
final class HandlingWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HandlingWatch.class);

	private static final int LOOKS_PER_TIMEOUT = 20;

	private final Map<Thread, Handling> current = new ConcurrentHashMap<>();

	private final Duration consumerTimeout;

	private final Clock clock;

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "idempotency-rabbit-watch");
		thread.setDaemon(true);
		return thread;
	});

	HandlingWatch(Duration consumerTimeout, Clock clock) {
		this.consumerTimeout = consumerTimeout;
		this.clock = clock;
		long period = Math.max(1, consumerTimeout.toMillis() / LOOKS_PER_TIMEOUT);
		this.scheduler.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
	}

	void begin(String flow, Delivery delivery) {
		this.current.put(Thread.currentThread(), new Handling(flow, delivery.position(), this.clock.instant()));
	}

	void end() {
		this.current.remove(Thread.currentThread());
	}

	/**
	 * Warns of every message that has used up half of the timeout, once.
	 * @return how many warnings
	 */
	int look() {
		Instant limit = this.clock.instant().minus(this.consumerTimeout.dividedBy(2));
		int warnings = 0;
		for (Map.Entry<Thread, Handling> entry : this.current.entrySet()) {
			Handling handling = entry.getValue();
			if (!handling.warned() && !handling.since().isAfter(limit)
					&& this.current.replace(entry.getKey(), handling, handling.asWarned())) {
				warnings++;
				logger
					.warn("Flow {} has worked on message {} for more than half of the broker's consumer timeout ({}). "
							+ "After it, the message is delivered again elsewhere. Shorten the work, lower the prefetch, "
							+ "or raise consumer_timeout in the broker and here", handling.flow(), handling.position(),
							this.consumerTimeout);
			}
		}
		return warnings;
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
	}

	private record Handling(String flow, String position, Instant since, boolean warned) {

		private Handling(String flow, String position, Instant since) {
			this(flow, position, since, false);
		}

		private Handling asWarned() {
			return new Handling(this.flow, this.position, this.since, true);
		}

	}

}
