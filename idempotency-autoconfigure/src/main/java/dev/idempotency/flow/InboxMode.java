// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * How a flow knows a repetition.
 */
public enum InboxMode {

	/** By the place of the message where its listener allows it, else by its id. */
	AUTO,

	/** By a row per id. */
	ID,

	/** By the offset, for records that have no identity but their place in a topic. */
	OFFSET,

	/** By the gap-free number, for messages of an outbox. */
	SEQUENCE

}
