// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Does the same thing again and again while the application runs. Failures are logged and
 * end the round only.
 */
public final class BackgroundLoop implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(BackgroundLoop.class);

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
