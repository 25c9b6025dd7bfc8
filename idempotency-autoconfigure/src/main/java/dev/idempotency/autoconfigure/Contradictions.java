// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import dev.idempotency.flow.Contradiction;

import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Describes contradictions the way a failed start reports them.
 */
final class Contradictions {

	private Contradictions() {
	}

	static FailureAnalysis analysis(List<Contradiction> contradictions, Throwable cause) {
		String description = contradictions.stream()
			.map(Contradictions::describe)
			.collect(Collectors.joining("\n\n", "The semantics of these flows cannot be kept:\n\n", ""));
		String action = contradictions.stream()
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
