// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.util.List;
import java.util.Objects;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;

/**
 * The row of a handler in the catalogue.
 */
public final class HandlerRow {

	private HandlerRow() {
	}

	static Flow of(ListenerFlow flow, String where, FlowPolicy policy) {
		List<String> remarks = List.of("ingress: " + where, flow.keyed()
				? "identity: the key expression within the scope of the caller; what the client sends as Idempotency-Key is not looked at"
				: "identity: Idempotency-Key within the scope of the caller; callers who are not known share one",
				"a repeated request gets the stored answer, for as long as the claim is kept");
		return of(flow, policy, "", "; not what a client without a key, or with a new one, asks for again", remarks);
	}

	/**
	 * Makes a row.
	 * @param flow the flow of the handler
	 * @param policy what is configured for it
	 * @param before what comes before the effect, empty if nothing does
	 * @param outside what is not kept, empty if there is nothing to say
	 * @param remarks what a reader should know besides
	 * @return the row
	 */
	public static Flow of(ListenerFlow flow, FlowPolicy policy, String before, String outside, List<String> remarks) {
		EffectContract contract = Objects.requireNonNullElse(flow.contract(), EffectContract.LOCAL);
		return new Flow(flow.name(), Flow.Kind.HTTP, flow.location(), Semantics.EFFECTIVELY_ONCE,
				before + (flow.external() ? contract.mechanism()
						: "inbox, id mode: claim, business writes and answer in one transaction"),
				(flow.external() ? contract.boundary()
						: "what the handler writes to the inbox's database, and what it gives to the outbox") + outside,
				policy.retention(), policy.owner(), policy.rationale(), remarks);
	}

}
