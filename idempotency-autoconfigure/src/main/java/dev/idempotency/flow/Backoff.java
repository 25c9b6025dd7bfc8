// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Pauses that double from failure to failure, with jitter, so that many clients do not
 * return at the same moment.
 *
 * @param initial pause after the first failure, positive
 * @param max longest pause
 */
public record Backoff(Duration initial, Duration max) {

	public Backoff {
		if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
			throw new IllegalArgumentException(
					"A back-off needs 0 < initial <= max, not initial " + initial + " and max " + max);
		}
	}

	/**
	 * The pause after a number of failures in a row.
	 * @param failures 1 after the first failure
	 * @param random yields numbers from 0 to 1
	 * @return between half of the exponential pause and all of it
	 */
	public Duration pause(int failures, DoubleSupplier random) {
		long cap = this.max.toMillis();
		int doublings = Math.min(Math.max(failures - 1, 0), Long.SIZE - 2);
		long full = (this.initial.toMillis() > cap >> doublings) ? cap : this.initial.toMillis() << doublings;
		return Duration.ofMillis(Math.max(1, Math.round(full * (0.5 + 0.5 * random.getAsDouble()))));
	}

}
