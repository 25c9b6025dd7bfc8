// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * How often the effect of a flow may happen when messages are lost, repeated or late.
 */
public enum Semantics {

	/** Acknowledged before the effect; never repeated, may be lost. */
	AT_MOST_ONCE,

	/** Acknowledged after the effect; never lost, may be repeated. */
	AT_LEAST_ONCE,

	/** Delivered at least once, applied once inside the stated boundary. */
	EFFECTIVELY_ONCE

}
