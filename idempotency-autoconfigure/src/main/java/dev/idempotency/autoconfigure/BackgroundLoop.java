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
 * Does the same thing again and again while the application runs. Failures of any kind
 * are logged and end the round only: an executor never runs again what threw once.
 */
public final class BackgroundLoop implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(BackgroundLoop.class);

	private static final int MAX_BATCHES_PER_ROUND = 100;

	private final String name;

	private final Runnable round;

	private final Duration interval;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Creates a loop.
	 * @param name what the rounds do, becomes part of the thread's name
	 * @param round what to do
	 * @param interval pause before each round, zero for no rounds
	 */
	public BackgroundLoop(String name, Runnable round, Duration interval) {
		this.name = name;
		this.round = round;
		this.interval = interval;
	}

	/**
	 * Creates a loop whose rounds go on while there is more, within bounds.
	 * @param name what the rounds do, becomes part of the thread's name
	 * @param batch does one batch, and tells whether another is worth while
	 * @param interval pause before each round, zero for no rounds
	 * @return the loop
	 */
	static BackgroundLoop inBatches(String name, BooleanSupplier batch, Duration interval) {
		return new BackgroundLoop(name, () -> {
			int batches = 1;
			while (batch.getAsBoolean() && batches < MAX_BATCHES_PER_ROUND && !Thread.currentThread().isInterrupted()) {
				batches++;
			}
		}, interval);
	}

	@Override
	public synchronized void start() {
		if (this.interval.isZero() || this.executor != null) {
			return;
		}
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "idempotency-" + this.name);
			thread.setDaemon(true);
			return thread;
		});
		long millis = this.interval.toMillis();
		started.scheduleWithFixedDelay(this::run, millis, millis, TimeUnit.MILLISECONDS);
		this.executor = started;
	}

	void run() {
		try {
			this.round.run();
		}
		catch (RuntimeException ex) {
			logger.warn("A round of {} failed, again in {} s: {}", this.name, this.interval.toSeconds(), ex.toString());
		}
		catch (Throwable ex) {
			logger.error("A round of {} failed badly, again in {} s", this.name, this.interval.toSeconds(), ex);
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
