// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

/**
 * A change of the holes of a stream, part of the transaction that causes it.
 */
public sealed interface HoleChange {

	/**
	 * A range has become one.
	 *
	 * @param hole the range
	 */
	record Opened(Hole hole) implements HoleChange {
	}

	/**
	 * One number of a hole is accounted for; what is left of the hole stays as old as it
	 * was.
	 *
	 * @param hole the hole it was in
	 * @param number the number
	 */
	record Filled(Hole hole, long number) implements HoleChange {
	}

}
