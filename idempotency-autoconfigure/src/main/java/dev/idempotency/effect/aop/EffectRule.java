// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;

/**
 * Something every annotated method must keep.
 */
@FunctionalInterface
interface EffectRule {

	void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions);

}
