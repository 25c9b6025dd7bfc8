// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;

/**
 * What is configured for a flow must be possible with the contract of its methods: only
 * an effect whose provider recognises a repetition may go on without the store, and only
 * messages can be looked at beside an active consumer.
 */
final class ModeRule implements EffectRule {

	private final Supplier<FlowPolicies> policies;

	ModeRule(Supplier<FlowPolicies> policies) {
		this.policies = policies;
	}

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		FlowPolicy policy = this.policies.get().of(method.flow());
		String properties = "idempotency.flows." + method.flow();
		EffectContract contract = method.annotation().contract();
		if (policy.passesThrough() && contract != EffectContract.EXTERNAL_WITH_KEY) {
			contradictions.accept(bean.contradiction(method,
					properties + ".on-store-outage=pass-through and contract = " + contract,
					"contract = EXTERNAL_WITH_KEY, whose provider recognises a repetition: "
							+ ((contract == EffectContract.LOCAL) ? "a local effect is in the database that is away"
									: "nobody else keeps this effect from happening twice"),
					"Remove " + properties + ".on-store-outage; the flow waits then, and goes on by itself"));
		}
		if (policy.mode() == FlowMode.SHADOW && !method.listener()) {
			contradictions.accept(bean.contradiction(method, properties + ".mode=shadow on a method that is called",
					"active or paused: its callers wait for an effect", "Set " + properties + ".mode=paused"));
		}
	}

}
