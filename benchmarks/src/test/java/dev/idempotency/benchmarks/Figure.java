// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

/**
 * What is measured of every variant, in the plural.
 *
 * @param unit what a value counts
 * @param format of one value
 * @param moreIsBetter whether a greater value is the better one
 */
record Figure(String unit, String format, boolean moreIsBetter) {

	static Figure rate(String operations) {
		return new Figure(operations + " per second", "%.0f", true);
	}

	static Figure milliseconds(String what) {
		return new Figure(what + ", milliseconds", "%.2f", false);
	}

	static Figure microseconds(String what) {
		return new Figure(what + ", microseconds", "%.0f", false);
	}

	static Figure bytes(String what) {
		return new Figure(what, "%.0f", false);
	}

}
