// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One figure per round.
 *
 * @param values the figures, in the order of the rounds
 */
record Series(List<Double> values) {

	Series {
		if (values.isEmpty()) {
			throw new IllegalArgumentException("A series needs at least one round");
		}
		values = List.copyOf(values);
	}

	/**
	 * Divides round by round, so that what slowed a whole round down cancels out.
	 */
	Series dividedBy(Series base) {
		return new Series(IntStream.range(0, this.values.size())
			.mapToObj((round) -> this.values.get(round) / base.values.get(round))
			.toList());
	}

	double median() {
		List<Double> sorted = this.values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	/**
	 * The median and the spread.
	 * @param format of one figure
	 */
	String format(String format) {
		double least = this.values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
		double greatest = this.values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
		return String.format(Locale.ROOT, format + " | " + format + " .. " + format, median(), least, greatest);
	}

}
