// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * How long a pump waits before its next round.
 *
 * @param nanos nanoseconds
 * @param wakeable whether a wake-up ends it
 */
record Wait(long nanos, boolean wakeable) {

	/** Goes on at once. */
	static final Wait NONE = new Wait(0, true);

	/** Waits to be woken. */
	static Wait idle(long nanos) {
		return new Wait(nanos, true);
	}

	/** Waits for the time to pass. */
	static Wait backoff(long nanos) {
		return new Wait(nanos, false);
	}

	/**
	 * Waits for whichever comes first.
	 */
	Wait or(Wait other) {
		return new Wait(Math.min(this.nanos, other.nanos), this.wakeable && other.wakeable);
	}

}
