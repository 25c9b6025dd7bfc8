// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.stream.Collectors;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains settings that contradict the semantics of a flow.
 */
final class ContradictionFailureAnalyzer extends AbstractFailureAnalyzer<ContradictionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ContradictionException cause) {
		String description = cause.contradictions()
			.stream()
			.map(ContradictionFailureAnalyzer::describe)
			.collect(Collectors.joining("\n\n", "The semantics of these flows cannot be kept:\n\n", ""));
		String action = cause.contradictions()
			.stream()
			.map((contradiction) -> "- " + contradiction.where() + ": " + contradiction.fix())
			.distinct()
			.collect(Collectors.joining("\n"));
		return new FailureAnalysis(description, action, cause);
	}

	private static String describe(Contradiction contradiction) {
		return contradiction.where() + "\n    found:  " + contradiction.found() + "\n    needed: "
				+ contradiction.needed();
	}

}
