// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

/**
 * Variants of the same work that are compared with each other.
 */
interface Measurement {

	String title();

	/**
	 * How much work one run of a variant is.
	 */
	String work();

	List<Figure> figures();

	List<Variant> variants();

	/**
	 * How many variants at the end of the list keep their place in every round, because
	 * they need what the others did.
	 */
	default int fixed() {
		return 0;
	}

	/**
	 * How many rounds are not reported.
	 * @param asked how many were asked for
	 */
	default int warmUps(int asked) {
		return asked;
	}

	/**
	 * Called before each round, not timed.
	 */
	default void prepare() throws Exception {
	}

	/**
	 * Called after each round: a figure of work that was not done means nothing.
	 * @param rounds rounds so far
	 * @throws IllegalStateException if a variant did not do what it should have done
	 */
	default void verify(int rounds) throws Exception {
	}

}
