// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.function.IntSupplier;
import java.util.function.Predicate;

import dev.idempotency.effect.EffectGroupException;

/**
 * Takes the records of a poll in order, many at once, and finds the one that cannot be
 * applied: what comes before it is applied, what comes after it waits. A record is blamed
 * only for what it did alone; a group that fails is tried again up to the record it was
 * said to fail at, or else in halves.
 */
final class Isolation {

	private final Attempt attempt;

	private final Predicate<Throwable> infrastructure;

	private final IntSupplier most;

	/**
	 * Creates the search.
	 * @param attempt applies some of the records, all or none
	 * @param infrastructure tells failures that smaller groups cannot mend
	 * @param most how many may be taken at once now
	 */
	Isolation(Attempt attempt, Predicate<Throwable> infrastructure, IntSupplier most) {
		this.attempt = attempt;
		this.infrastructure = infrastructure;
		this.most = most;
	}

	/**
	 * Applies records.
	 * @param count how many there are
	 * @param suspected whether the first has failed before
	 * @throws Stopped if not all of them could be applied
	 */
	void run(int count, boolean suspected) throws Stopped {
		int from = 0;
		int end = count;
		int bad = suspected ? 0 : count;
		int size = count;
		while (from < count) {
			if (from == end) {
				end = count;
				size = count;
			}
			int to = (from == bad) ? from + 1 : Math.min(from + Math.min(size, Math.max(1, this.most.getAsInt())),
					(from < bad) ? Math.min(bad, end) : end);
			try {
				this.attempt.run(from, to);
				from = to;
			}
			catch (Throwable ex) {
				if (to - from == 1 || this.infrastructure.test(ex)) {
					throw new Stopped(from, ex);
				}
				int index = (ex instanceof EffectGroupException group) ? group.index() : EffectGroupException.UNKNOWN;
				bad = (index != EffectGroupException.UNKNOWN) ? from + index : count;
				size = (index != EffectGroupException.UNKNOWN) ? count : (to - from) / 2;
				end = to;
			}
		}
	}

	/**
	 * Applies some of the records.
	 */
	@FunctionalInterface
	interface Attempt {

		/**
		 * Applies records, in one transaction.
		 * @param from the first
		 * @param to the one after the last
		 * @throws Throwable if none of them was applied
		 */
		void run(int from, int to) throws Throwable;

	}

	/**
	 * Says where it ended.
	 */
	static final class Stopped extends Exception {

		private final int index;

		Stopped(int index, Throwable cause) {
			super(cause);
			this.index = index;
		}

		/**
		 * The first record that was not applied.
		 */
		int index() {
			return this.index;
		}

	}

}
