// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.Objects;

/**
 * A range of numbers at or below a watermark that were not applied.
 *
 * @param first the first number, from 1
 * @param last the last number, not below the first
 * @param kind why they were not
 */
public record Hole(long first, long last, Kind kind) {

	public Hole {
		Objects.requireNonNull(kind, "kind");
		if (first < 1 || last < first) {
			throw new IllegalArgumentException("No such range: " + first + " to " + last);
		}
	}

	boolean contains(long number) {
		return this.first <= number && number <= this.last;
	}

	/**
	 * Why the numbers were not applied. Whatever the reason, one that comes is applied.
	 */
	public enum Kind {

		/** They are missing: a later one came before them. */
		OPEN,

		/** They were set aside. */
		PARKED,

		/** They are older than the first the consumer ever saw, so nothing is known. */
		UNSEEN

	}

}
