// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains properties that nothing reads.
 */
final class UnknownPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertiesException cause) {
		String description = cause.properties()
			.entrySet()
			.stream()
			.map((property) -> property.getKey() + "\n    set in: " + property.getValue())
			.sorted()
			.collect(Collectors.joining("\n\n",
					"Nothing reads these properties, so what they were to change stays as it is by default:\n\n", ""));
		return new FailureAnalysis(description,
				"Correct the names, or remove them. Names of your own that have anything but letters, digits and "
						+ "hyphens go into brackets: idempotency.flows[order.created].inbox, in YAML "
						+ "\"[order.created]\". docs/reference/configuration.md lists every property.",
				cause);
	}

}
