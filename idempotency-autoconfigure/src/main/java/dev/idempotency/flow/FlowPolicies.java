// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * Looks up what is configured for a flow.
 */
@FunctionalInterface
public interface FlowPolicies {

	/**
	 * The policy of a flow; flows nobody configured get the defaults.
	 * @param flow the flow name
	 * @return the policy
	 */
	FlowPolicy of(String flow);

}
