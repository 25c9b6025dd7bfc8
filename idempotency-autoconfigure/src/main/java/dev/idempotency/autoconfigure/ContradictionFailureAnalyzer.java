// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.flow.ContradictionException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains settings that contradict the semantics of a flow.
 */
final class ContradictionFailureAnalyzer extends AbstractFailureAnalyzer<ContradictionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ContradictionException cause) {
		return Contradictions.analysis(cause.contradictions(), cause);
	}

}
