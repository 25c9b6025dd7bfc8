// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * What to do about a listener container that contradicts the semantics of its flow.
 */
public enum Verification {

	/** Stop the start. */
	FAIL,

	/** Name it in the log and go on. */
	WARN,

	/** Correct what can be corrected, stop the start for the rest. */
	FIX

}
