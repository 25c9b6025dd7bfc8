// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * How a finished effect ended.
 */
public enum Outcome {

	/** The body returned and its transaction committed. */
	COMPLETED,

	/** The body threw an exception whose transaction commits: a decided "no". */
	REJECTED

}
