// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

/**
 * What becomes of a message the broker refuses again and again.
 */
public enum PoisonPolicy {

	/** It is parked, and later messages of its key wait behind it: order is kept. */
	HALT_KEY,

	/** It is parked, and later messages of its key go on. */
	PARK

}
