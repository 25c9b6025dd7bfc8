// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LanesTests {

	@Test
	void mappingIsPinnedBecauseChangingItWouldBreakOrder() {
		assertThat(IntStream.range(0, 8).map((i) -> Lanes.of("customer-" + i, "")).toArray())
			.isEqualTo(new int[] { 11, 24, 37, 50, 55, 4, 17, 62 });
	}

	@Test
	void keysSpreadOverAllLanes() {
		int[] counts = new int[Lanes.COUNT];
		IntStream.range(0, 64_000).forEach((i) -> counts[Lanes.of("order-" + i, "")]++);
		assertThat(IntStream.of(counts).boxed()).allSatisfy((count) -> assertThat(count).isBetween(700, 1300));
	}

	@Test
	void withoutAKeyTheIdSpreads() {
		assertThat(Lanes.of(null, "a")).isEqualTo(Lanes.of("a", "ignored"));
	}

}
