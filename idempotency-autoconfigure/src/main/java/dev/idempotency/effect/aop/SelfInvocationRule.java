// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;

/**
 * No method of the class may call the annotated one on {@code this}, past the proxy.
 */
final class SelfInvocationRule implements EffectRule {

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		for (String caller : SelfInvocations.callers(bean.type(), method.method())) {
			contradictions.accept(bean.contradiction(method,
					"a call from " + caller + " on this, which passes the proxy by",
					"callers that come through the proxy",
					"Move the method to another bean, inject the bean into itself and call that, or use EffectTemplate"));
		}
	}

}
