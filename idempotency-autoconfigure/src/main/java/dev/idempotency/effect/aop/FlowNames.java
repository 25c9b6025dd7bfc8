// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;

/**
 * A flow names one method. Two methods with one name would share identities, and the
 * second to see an id would be taken for a duplicate and its effect be lost. The same
 * method in several beans is the same effect.
 */
final class FlowNames implements EffectRule {

	private final Map<String, EffectMethod> owners = new ConcurrentHashMap<>();

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		EffectMethod owner = this.owners.putIfAbsent(method.flow(), method);
		if (owner != null && !owner.method().equals(method.method())) {
			contradictions
				.accept(bean.contradiction(method, "flow = \"" + method.flow() + "\", the flow of " + owner.location(),
						"a flow of its own, or an id seen by one would suppress the effect of the other",
						"Give each method its own flow; if they are two ways to one effect, "
								+ "let both call one annotated method"));
		}
	}

}
