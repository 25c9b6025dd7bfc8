// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryBudgetTests {

	@Test
	void repetitionsStayBelowTheirShareOfFirstSends() {
		RetryBudget budget = new RetryBudget(0.2, 0);
		int first = 0;
		int repeated = 0;
		for (int round = 0; round < 100; round++) {
			budget.firstSends(10);
			first += 10;
			while (budget.tryRetry(0)) {
				repeated++;
			}
		}
		assertThat(repeated).isEqualTo((int) (first * 0.2) + 10);
	}

	@Test
	void oneRepetitionASecondIsAlwaysFree() {
		RetryBudget budget = new RetryBudget(0.2, 0);
		while (budget.tryRetry(0)) {
			assertThat(budget).isNotNull();
		}
		assertThat(budget.tryRetry(Duration.ofMillis(900).toNanos())).isFalse();
		assertThat(budget.tryRetry(Duration.ofSeconds(1).toNanos())).isTrue();
		assertThat(budget.tryRetry(Duration.ofSeconds(1).toNanos())).isFalse();
	}

	@Test
	void whatWasSavedUpIsBounded() {
		RetryBudget budget = new RetryBudget(0.5, 0);
		budget.firstSends(1_000_000);
		int repeated = 0;
		while (budget.tryRetry(0)) {
			repeated++;
		}
		assertThat(repeated).isEqualTo(100);
	}

}
