// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * Hears every decision of the relay. Called on the relay's threads; must be quick. What
 * it throws is logged and never reaches the relay.
 */
@FunctionalInterface
public interface RelayListener {

	/** Hears nothing. */
	RelayListener NO_OP = (event) -> {
	};

	/**
	 * Called after each decision.
	 * @param event what was decided
	 */
	void on(RelayEvent event);

}
