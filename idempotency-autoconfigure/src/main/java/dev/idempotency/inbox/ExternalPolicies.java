// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

/**
 * Looks up how the external effects of a flow are kept.
 */
@FunctionalInterface
public interface ExternalPolicies {

	/**
	 * The settings of a flow; flows nobody configured get the defaults.
	 * @param flow the flow name
	 * @return the settings
	 */
	ExternalSettings of(String flow);

}
