// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Everything that depends on time or chance, so that a test can drive it by hand.
 *
 * @param clock instants that are reported
 * @param nanos monotonic nanoseconds, for everything that is measured
 * @param random numbers from 0 to 1
 * @param signals what threads wait for
 */
record Timing(Clock clock, LongSupplier nanos, DoubleSupplier random, Signal.Factory signals) {

	static Timing real(Clock clock) {
		return new Timing(clock, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble(), Signal::real);
	}

	long now() {
		return this.nanos.getAsLong();
	}

}
