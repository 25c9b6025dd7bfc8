// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;

/**
 * Adds annotated methods to the catalogue. Broker listeners come with their containers.
 */
final class EffectFlows {

	private final Supplier<FlowPolicies> policies;

	private final Supplier<FlowCatalogue> catalogue;

	EffectFlows(Supplier<FlowPolicies> policies, Supplier<FlowCatalogue> catalogue) {
		this.policies = policies;
		this.catalogue = catalogue;
	}

	void add(EffectMethod method) {
		if (method.listener()) {
			return;
		}
		FlowPolicy policy = this.policies.get().of(method.flow());
		Flow.Kind kind = method.handler() ? Flow.Kind.HTTP
				: DeclarationRule.isScheduled(method) ? Flow.Kind.SCHEDULED : Flow.Kind.METHOD;
		List<String> remarks = new ArrayList<>();
		remarks.add(method.keyed() ? "identity: " + method.key()
				: "identity: that of the message in whose listener it is called");
		if (!method.returnsNothing()) {
			remarks.add("a repeated caller gets the stored result, which is kept as long as the claim");
		}
		EffectContract contract = method.annotation().contract();
		this.catalogue.get()
			.add(new Flow(method.flow(), kind, method.location(), Semantics.EFFECTIVELY_ONCE, contract.mechanism(),
					contract.boundary(), policy.retention(), policy.owner(), policy.rationale(), remarks));
	}

}
