// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarksIT {

	@Test
	void everyVariantDoesItsWorkAndIsReported() throws Exception {
		assertThat(Suite.run(Scale.smoke())).contains("plain listener", "hand-written check",
				"annotated listener, fresh", "annotated listener, duplicates", "and one outbox message",
				"outbox relay");
	}

}
