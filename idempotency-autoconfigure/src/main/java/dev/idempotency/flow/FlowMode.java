// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * What a flow does on one node.
 */
public enum FlowMode {

	/** It consumes. */
	ACTIVE,

	/**
	 * Its messages are read beside those who consume, compared with the inbox and
	 * counted. Nothing is called, written or acknowledged.
	 */
	SHADOW,

	/**
	 * Its listeners do not run: other nodes take their messages, or the broker keeps
	 * them.
	 */
	PAUSED

}
