// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarksIT {

	@Test
	void everyMeasurementDoesItsWorkAndIsReported() throws Exception {
		String report = Suite.run(Catalogue.names("all"), Scale.smoke());
		assertThat(report).contains(Catalogue.names("all").stream().map((name) -> "### `" + name + "`").toList());
		assertThat(report).contains("plain listener", "annotated listener, duplicates only", "outbox relay", "p99",
				"bytes of log per message", "a transaction left open", "stored answers, replayed", "found in memory",
				"≥ 0.95");
	}

}
