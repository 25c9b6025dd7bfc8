// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SeriesTests {

	@Test
	void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
		assertThat(new Series(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
		assertThat(new Series(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
	}

	@Test
	void ratiosAreTakenRoundByRound() {
		Series ratio = new Series(List.of(10.0, 30.0, 8.0)).dividedBy(new Series(List.of(20.0, 40.0, 10.0)));
		assertThat(ratio.format("%.2f")).isEqualTo("0.75 | 0.50 .. 0.80");
	}

}
