// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.inbox.ClaimTable.Neglect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thousands of interleavings, and proof that they would notice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExternalSimulationTests {

	private static final int SEEDS = 4000;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterAll
	void stop() {
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@EnumSource(names = { "EXTERNAL_WITH_KEY", "EXTERNAL_AT_MOST_ONCE" })
	void whateverIsPausedKilledOrLostItHappensAtMostOnceAndIsNeverForgotten(EffectContract contract) {
		assertThat(findings(contract, null, Integer.MAX_VALUE)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "EXTERNAL_AT_MOST_ONCE, FENCE", "EXTERNAL_WITH_KEY, FENCE",
			"EXTERNAL_AT_MOST_ONCE, STATE_AT_TAKE_OVER", "EXTERNAL_WITH_KEY, STATE_AT_TAKE_OVER",
			"EXTERNAL_AT_MOST_ONCE, CONTRACT", "EXTERNAL_WITH_KEY, CONTRACT" })
	void aStoreThatNeglectsADutyIsNoticed(EffectContract contract, Neglect neglect) {
		assertThat(findings(contract, neglect, 1)).isNotEmpty();
	}

	private List<String> findings(EffectContract contract, @Nullable Neglect neglect, int enough) {
		List<String> findings = new ArrayList<>();
		LongStream.range(0, SEEDS).takeWhile((seed) -> findings.size() < enough).forEach((seed) -> {
			String finding = new ExternalSimulation(seed, contract, neglect).run(this.threads);
			if (finding != null) {
				findings.add("seed " + seed + ": " + finding);
			}
		});
		return findings;
	}

}
