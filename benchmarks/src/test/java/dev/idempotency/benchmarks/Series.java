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
	 * Of rounds with several figures each, one series for each figure.
	 */
	static List<Series> transpose(List<List<Double>> rounds) {
		return IntStream.range(0, rounds.get(0).size())
			.mapToObj((figure) -> new Series(rounds.stream().map((round) -> round.get(figure)).toList()))
			.toList();
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
	 * The least value that is not below a share of all.
	 * @param share between 0 and 1
	 */
	double quantile(double share) {
		List<Double> sorted = this.values.stream().sorted().toList();
		return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
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
