// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The relay keeps the invariants I4, I8, I9 and I10 over thousands of interleavings, and
 * the checker finds each guard that is taken away. {@code -Drelay.seeds=n} runs more of
 * them, {@code -Drelay.seed=n} repeats one.
 */
class RelaySimulationTests {

	private static final int SEEDS = Integer.getInteger("relay.seeds", 2000);

	private static final LoggingSystem LOGGING = LoggingSystem.get(RelaySimulationTests.class.getClassLoader());

	@BeforeAll
	static void quiet() {
		LOGGING.setLogLevel(Relay.class.getName(), LogLevel.OFF);
	}

	@AfterAll
	static void loud() {
		LOGGING.setLogLevel(Relay.class.getName(), null);
	}

	@Test
	void keepsTheInvariantsWhateverHangsDiesOrIsAway() {
		long first = Long.getLong("relay.seed", 1);
		long last = (System.getProperty("relay.seed") != null) ? first : SEEDS;
		Map<Long, List<String>> violations = new ConcurrentSkipListMap<>();
		LongStream.rangeClosed(first, last).parallel().forEach((seed) -> {
			List<String> found = new Simulation(seed, Simulation.Mutant.NONE).run();
			if (!found.isEmpty()) {
				violations.put(seed, found);
			}
		});
		assertThat(violations).as("violations by seed").isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void checkerFindsAMissingGuard(Simulation.Mutant mutant) {
		assertThat(firstViolation(mutant)).isNotEmpty();
	}

	private static List<String> firstViolation(Simulation.Mutant mutant) {
		for (long seed = 1; seed <= 300; seed++) {
			List<String> violations = new Simulation(seed, mutant).run();
			if (!violations.isEmpty()) {
				return violations;
			}
		}
		return List.of();
	}

}
