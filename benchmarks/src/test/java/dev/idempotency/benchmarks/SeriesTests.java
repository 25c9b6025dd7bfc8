// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SeriesTests {

	@Test
	void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
		assertThat(new Series(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
		assertThat(new Series(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
	}

	@Test
	void quantileIsTheLeastValueThatCoversItsShare() {
		Series series = new Series(IntStream.rangeClosed(1, 200).mapToObj(Double::valueOf).toList());
		assertThat(series.quantile(0.5)).isEqualTo(100);
		assertThat(series.quantile(0.99)).isEqualTo(198);
		assertThat(new Series(List.of(7.0)).quantile(0.99)).isEqualTo(7);
	}

	@Test
	void roundsOfSeveralFiguresBecomeASeriesForEachFigure() {
		assertThat(Series.transpose(List.of(List.of(1.0, 10.0), List.of(2.0, 20.0))))
			.containsExactly(new Series(List.of(1.0, 2.0)), new Series(List.of(10.0, 20.0)));
	}

	@Test
	void ratiosAreTakenRoundByRound() {
		Series ratio = new Series(List.of(10.0, 30.0, 8.0)).dividedBy(new Series(List.of(20.0, 40.0, 10.0)));
		assertThat(ratio.format("%.2f")).isEqualTo("0.75 | 0.50 .. 0.80");
	}

}
