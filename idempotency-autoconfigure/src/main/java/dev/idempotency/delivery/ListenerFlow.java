// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.flow.Semantics;
import org.jspecify.annotations.Nullable;

/**
 * What the code of a listener says about its flow.
 *
 * @param name the flow
 * @param effect whether the method carries the effect annotation
 * @param keyed whether the annotation has a key expression
 * @param semantics declared or implied semantics, {@code null} if nothing is declared
 * @param owner who answers for it, may be empty
 * @param rationale why, may be empty
 * @param location class and method
 * @param contract what kind of effect it is, {@code null} without one
 * @param async whether a call returns before the method has run
 */
public record ListenerFlow(String name, boolean effect, boolean keyed, @Nullable Semantics semantics, String owner,
		String rationale, String location, @Nullable EffectContract contract, boolean async) {

	/**
	 * A flow without an effect, or with a local one, of a method that runs when it is
	 * called.
	 * @param name the flow
	 * @param effect whether the method carries the effect annotation
	 * @param keyed whether the annotation has a key expression
	 * @param semantics declared or implied semantics, {@code null} if nothing is declared
	 * @param owner who answers for it, may be empty
	 * @param rationale why, may be empty
	 * @param location class and method
	 */
	public ListenerFlow(String name, boolean effect, boolean keyed, @Nullable Semantics semantics, String owner,
			String rationale, String location) {
		this(name, effect, keyed, semantics, owner, rationale, location, effect ? EffectContract.LOCAL : null, false);
	}

	/**
	 * Whether the effect is one of the outside world.
	 * @return {@code true} if its contract is external
	 */
	public boolean external() {
		return this.contract != null && this.contract != EffectContract.LOCAL;
	}

}
