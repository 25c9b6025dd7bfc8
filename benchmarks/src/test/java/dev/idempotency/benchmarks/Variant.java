// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * One way of doing the same work.
 *
 * @param name what it is called in the report
 * @param base name of the variant it is compared with, {@code null} for the first one
 * @param targets what the ratio of each figure should reach, or stay below; may be empty
 * @param prepare what has to be there before, not timed
 * @param work what is timed
 */
record Variant(String name, @Nullable String base, List<Double> targets, Step prepare, Work work) {

	/**
	 * A variant of which every value is told by the work itself.
	 */
	static Variant of(String name, Work work) {
		return new Variant(name, null, List.of(), () -> {
		}, work);
	}

	/**
	 * A variant whose one figure is the rate of its operations.
	 */
	static Variant timed(String name, int operations, Step work) {
		return of(name, () -> {
			long start = System.nanoTime();
			work.run();
			return List.of(perSecond(operations, System.nanoTime() - start));
		});
	}

	static double perSecond(long operations, long nanos) {
		return operations * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
	}

	Variant after(Step preparation) {
		return new Variant(this.name, this.base, this.targets, preparation, this.work);
	}

	Variant against(String other) {
		return new Variant(this.name, other, this.targets, this.prepare, this.work);
	}

	/**
	 * States what the ratio should be, one per figure.
	 */
	Variant target(Double... ratios) {
		return new Variant(this.name, this.base, List.of(ratios), this.prepare, this.work);
	}

	/**
	 * Something that is done or fails.
	 */
	@FunctionalInterface
	interface Step {

		void run() throws Exception;

	}

	/**
	 * What is measured.
	 */
	@FunctionalInterface
	interface Work {

		/**
		 * Does the work.
		 * @return a value for each figure of the measurement
		 */
		List<Double> run() throws Exception;

	}

}
