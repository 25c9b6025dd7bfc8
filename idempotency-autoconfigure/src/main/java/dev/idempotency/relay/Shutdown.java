// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.function.LongSupplier;

/**
 * Whether the relay is stopping, and how long it may still take.
 */
final class Shutdown {

	private final LongSupplier nanos;

	private volatile boolean begun;

	private volatile long deadline;

	Shutdown(LongSupplier nanos) {
		this.nanos = nanos;
	}

	void begin(long bound) {
		this.deadline = this.nanos.getAsLong() + bound;
		this.begun = true;
	}

	boolean begun() {
		return this.begun;
	}

	boolean over() {
		return this.begun && left() <= 0;
	}

	/**
	 * Shortens a wait to what is left.
	 * @param wait nanoseconds
	 * @return the wait, or less if the relay is stopping
	 */
	long cap(long wait) {
		return this.begun ? Math.max(0, Math.min(wait, left())) : wait;
	}

	private long left() {
		return this.deadline - this.nanos.getAsLong();
	}

}
