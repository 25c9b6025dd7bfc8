// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

/**
 * Full size: {@code mvn -q -Dquick -Dbenchmarks -pl benchmarks -am test}. Neither a unit
 * test nor an integration test by its name, so no other build runs it.
 */
class Benchmarks {

	@Test
	void measure() throws Exception {
		String report = Suite.run(Catalogue.names(System.getProperty("benchmarks.only", "")), Scale.full());
		System.out.println(report);
		Files.writeString(Path.of("target", "benchmarks.md"), report);
	}

}
