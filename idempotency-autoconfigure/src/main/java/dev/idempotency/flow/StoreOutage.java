// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * What a flow does while the database of the inbox is away.
 */
public enum StoreOutage {

	/** It waits, and goes on by itself. */
	STALL,

	/**
	 * It goes on with nothing but the provider's memory of idempotency keys between it
	 * and a repeated effect. For external effects with a key only.
	 */
	PASS_THROUGH

}
