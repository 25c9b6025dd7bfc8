// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

/**
 * One way of doing the same work.
 *
 * @param name what it is called in the report
 * @param prepare what has to be there before, not timed
 * @param work what is timed
 */
record Variant(String name, Step prepare, Step work) {

	/**
	 * Something that is done or fails.
	 */
	@FunctionalInterface
	interface Step {

		void run() throws Exception;

	}

}
