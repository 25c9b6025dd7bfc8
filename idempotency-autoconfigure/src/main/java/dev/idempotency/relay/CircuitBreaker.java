// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.function.DoubleSupplier;

/**
 * Whether a destination is worth a try. Driven by the rounds of one pump.
 */
final class CircuitBreaker {

	private final RelaySettings.Retrying settings;

	private final DoubleSupplier random;

	private volatile RelayStatus.Breaker state = RelayStatus.Breaker.CLOSED;

	private volatile int failures;

	private int rounds;

	private long until;

	CircuitBreaker(RelaySettings.Retrying settings, DoubleSupplier random) {
		this.settings = settings;
		this.random = random;
	}

	RelayStatus.Breaker state() {
		return this.state;
	}

	int failures() {
		return this.failures;
	}

	/**
	 * How many rounds in a row ended without an answer.
	 * @return the number
	 */
	int rounds() {
		return this.rounds;
	}

	/**
	 * How long to send nothing.
	 * @param now the time
	 * @return nanoseconds, 0 if a round may begin
	 */
	long pause(long now) {
		return (this.rounds == 0) ? 0 : Math.max(0, this.until - now);
	}

	/**
	 * Begins a round.
	 * @return whether it must be a probe with a single message
	 */
	boolean probe() {
		if (this.state == RelayStatus.Breaker.OPEN) {
			this.state = RelayStatus.Breaker.HALF_OPEN;
		}
		return this.state == RelayStatus.Breaker.HALF_OPEN;
	}

	/**
	 * Notes that the last answer of a round was one.
	 * @return whether that closed the breaker
	 */
	boolean answered() {
		boolean closed = this.state != RelayStatus.Breaker.CLOSED;
		this.state = RelayStatus.Breaker.CLOSED;
		this.failures = 0;
		this.rounds = 0;
		return closed;
	}

	/**
	 * Notes that a round ended with failures.
	 * @param count how many in a row
	 * @param now the time
	 * @return whether that opened a closed breaker
	 */
	boolean failed(int count, long now) {
		RelayStatus.Breaker before = this.state;
		this.failures += count;
		this.rounds++;
		this.until = now + this.settings.backoff().pause(this.rounds, this.random).toNanos();
		if (before != RelayStatus.Breaker.CLOSED || this.failures >= this.settings.failuresToOpen()) {
			this.state = RelayStatus.Breaker.OPEN;
		}
		return before == RelayStatus.Breaker.CLOSED && this.state == RelayStatus.Breaker.OPEN;
	}

}
