// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import dev.idempotency.relay.Simulation.Engine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * The relay keeps the invariants I4, I8, I9 and I10 over thousands of interleavings, with
 * rows that are deleted and with a log, and the checker finds each guard that is taken
 * away. {@code -Drelay.seeds=n} runs more of them, {@code -Drelay.seed=n} repeats one.
 */
class RelaySimulationTests {

	private static final int SEEDS = Integer.getInteger("relay.seeds", 400);

	private static final LoggingSystem LOGGING = LoggingSystem.get(RelaySimulationTests.class.getClassLoader());

	@BeforeAll
	static void quiet() {
		LOGGING.setLogLevel(Relay.class.getName(), LogLevel.OFF);
	}

	@AfterAll
	static void loud() {
		LOGGING.setLogLevel(Relay.class.getName(), null);
	}

	@ParameterizedTest
	@EnumSource
	void keepsTheInvariantsWhateverHangsDiesOrIsAway(Engine engine) {
		assertThat(violations(SEEDS, (seed) -> new Simulation(seed, engine, Mutant.NONE))).as("violations by seed")
			.isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void repeatsNothingUnlessAProcessHangsOrDiesOrAnAnswerIsLost(Engine engine) {
		assertThat(violations(SEEDS / 3, (seed) -> new Simulation(seed, engine, Mutant.NONE).gently()))
			.as("violations by seed")
			.isEmpty();
	}

	private static Map<Long, List<String>> violations(int seeds, LongFunction<Simulation> simulations) {
		long first = Long.getLong("relay.seed", 1);
		long last = (System.getProperty("relay.seed") != null) ? first : seeds;
		Map<Long, List<String>> violations = new ConcurrentSkipListMap<>();
		LongStream.rangeClosed(first, last).parallel().forEach((seed) -> {
			List<String> found = simulations.apply(seed).run();
			if (!found.isEmpty()) {
				violations.put(seed, found);
			}
		});
		return violations;
	}

	@ParameterizedTest
	@MethodSource("mutants")
	void checkerFindsAMissingGuard(Engine engine, Mutant mutant) {
		assertThat(firstViolation(engine, mutant)).isNotEmpty();
	}

	static Stream<Arguments> mutants() {
		return EnumSet.complementOf(EnumSet.of(Mutant.NONE))
			.stream()
			.flatMap((mutant) -> mutant.engines().stream().map((engine) -> arguments(engine, mutant)));
	}

	private static List<String> firstViolation(Engine engine, Mutant mutant) {
		for (long seed = 1; seed <= 300; seed++) {
			List<String> violations = new Simulation(seed, engine, mutant).run();
			if (!violations.isEmpty()) {
				return violations;
			}
		}
		return List.of();
	}

}
