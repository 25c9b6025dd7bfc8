// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

/**
 * Variants of the same work that are compared with the first of them.
 */
interface Measurement {

	String title();

	/**
	 * What a rate counts, in the plural.
	 */
	String unit();

	/**
	 * How many of them one run of a variant does.
	 */
	int operations();

	List<Variant> variants();

	/**
	 * Called after each round: the rate of work that was not done means nothing.
	 * @param rounds rounds so far
	 * @throws IllegalStateException if a variant did not do what it should have done
	 */
	void verify(int rounds);

}
