// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks.core;

import java.util.Collection;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * JMH with short settings:
 * {@code mvn -q -Dquick -Dbenchmarks -Dtest=CoreBenchmarks -pl benchmarks -am test}. By
 * its name no other build runs it.
 */
class CoreBenchmarks {

	@Test
	void measure() throws Exception {
		Collection<RunResult> results = new Runner(
				new OptionsBuilder().include("dev\\.idempotency\\..*" + System.getProperty("benchmarks.only", ""))
					.forks(1)
					.warmupIterations(3)
					.warmupTime(TimeValue.seconds(1))
					.measurementIterations(5)
					.measurementTime(TimeValue.seconds(1))
					.shouldFailOnError(true)
					.build())
			.run();
		assertThat(results).isNotEmpty();
	}

}
