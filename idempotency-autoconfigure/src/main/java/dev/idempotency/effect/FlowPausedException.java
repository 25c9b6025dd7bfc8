// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * The flow is paused on this node, and so is what it does when it is called. Nothing
 * happened; the call may be repeated here later, or on another node now.
 */
public final class FlowPausedException extends EffectException {

	/**
	 * Creates the exception.
	 * @param flow the flow
	 */
	public FlowPausedException(String flow) {
		super("Flow '" + flow + "' is paused on this node. Call it on another one, or resume it at the endpoint "
				+ "'idempotency/flows' or by idempotency.flows." + flow + ".mode=active");
	}

}
