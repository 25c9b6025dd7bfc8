// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.List;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;

import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Starts applications that must not start.
 */
final class Violations {

	private Violations() {
	}

	/**
	 * What the application is refused for, empty if it starts.
	 */
	static List<Contradiction> of(Class<?>... components) {
		Throwable failure = catchThrowable(() -> EffectApplication.start(components).close());
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (each instanceof ContradictionException refused) {
				return refused.contradictions();
			}
		}
		if (failure != null) {
			throw new AssertionError("Refused for another reason", failure);
		}
		return List.of();
	}

}
