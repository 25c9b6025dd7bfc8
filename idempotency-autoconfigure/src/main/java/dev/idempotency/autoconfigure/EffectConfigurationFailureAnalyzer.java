// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.effect.EffectConfigurationException;
import dev.idempotency.flow.Contradiction;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains effects that could not be kept from repeating or from getting lost.
 */
final class EffectConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<EffectConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, EffectConfigurationException cause) {
		return Contradictions.analysis(cause.problems()
			.stream()
			.map((problem) -> new Contradiction(problem.location(), problem.found(), problem.needed(), problem.fix()))
			.toList(), cause);
	}

}
