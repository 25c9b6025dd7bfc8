// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Purges in the background, batch by batch, and rests between rounds. Failures are logged
 * and tried again in the next round.
 */
final class PurgeSchedule implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(PurgeSchedule.class);

	private static final int MAX_BATCHES_PER_ROUND = 100;

	private final BooleanSupplier batch;

	private final Duration interval;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Creates the schedule.
	 * @param batch removes one batch, {@code true} if there is more
	 * @param interval pause between rounds, zero for no purge
	 */
	PurgeSchedule(BooleanSupplier batch, Duration interval) {
		this.batch = batch;
		this.interval = interval;
	}

	@Override
	public synchronized void start() {
		if (this.interval.isZero() || this.executor != null) {
			return;
		}
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "idempotency-purge");
			thread.setDaemon(true);
			return thread;
		});
		long millis = this.interval.toMillis();
		started.scheduleWithFixedDelay(this::round, millis, millis, TimeUnit.MILLISECONDS);
		this.executor = started;
	}

	void round() {
		try {
			int batches = 1;
			while (this.batch.getAsBoolean() && batches < MAX_BATCHES_PER_ROUND
					&& !Thread.currentThread().isInterrupted()) {
				batches++;
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Purge failed, again in {} s: {}", this.interval.toSeconds(), ex.toString());
		}
	}

	@Override
	public synchronized void stop() {
		ExecutorService running = this.executor;
		if (running != null) {
			running.shutdownNow();
			this.executor = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.executor != null;
	}

}
