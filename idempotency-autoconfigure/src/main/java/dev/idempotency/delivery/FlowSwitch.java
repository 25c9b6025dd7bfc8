// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;

import dev.idempotency.flow.FlowMode;
import org.jspecify.annotations.Nullable;

/**
 * Switches the listeners of flows on this node.
 */
public interface FlowSwitch {

	/**
	 * What the flows of this node do.
	 * @return modes by flow name
	 */
	Map<String, FlowMode> modes();

	/**
	 * What speaks against a mode. Every switch is asked before any of them changes
	 * something.
	 * @param flow the flow
	 * @param mode what it is to do
	 * @return a text for people, {@code null} if nothing does
	 */
	default @Nullable String objection(String flow, FlowMode mode) {
		return null;
	}

	/**
	 * Stops or starts the listeners of a flow. Returns at once; a message that is being
	 * handled is handled to the end.
	 * @param flow the flow
	 * @param mode what it is to do
	 * @return {@code false} if no listener of the flow is here
	 */
	boolean change(String flow, FlowMode mode);

}
