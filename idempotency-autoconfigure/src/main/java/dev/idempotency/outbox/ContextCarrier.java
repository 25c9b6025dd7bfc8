// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.Map;

/**
 * Captures what travels with a message: trace context and baggage.
 */
@FunctionalInterface
public interface ContextCarrier {

	/** Captures nothing. */
	ContextCarrier NONE = Map::of;

	/**
	 * Captures the context of the calling thread.
	 * @return headers, W3C {@code traceparent} for instance
	 */
	Map<String, String> capture();

}
