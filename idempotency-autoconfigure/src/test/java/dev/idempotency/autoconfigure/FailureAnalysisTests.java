// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;

class FailureAnalysisTests {

	@Test
	void contradictionsAreListedWithWhatWasFoundNeededAndHowToFixIt() {
		FailureAnalysis analysis = new ContradictionFailureAnalyzer().analyze(new RuntimeException("outer",
				new ContradictionException(List.of(
						new Contradiction("listener 'a'", "ackMode MANUAL", "RECORD or BATCH", "Remove the ack mode"),
						new Contradiction("listener 'b'", "a transaction manager", "none", "Remove it")))));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("listener 'a'", "found:  ackMode MANUAL",
				"needed: RECORD or BATCH", "listener 'b'");
		assertThat(analysis.getAction()).contains("- listener 'a': Remove the ack mode", "- listener 'b': Remove it");
	}

}
