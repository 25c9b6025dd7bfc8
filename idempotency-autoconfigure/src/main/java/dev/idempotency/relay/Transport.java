// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.CompletionStage;

import dev.idempotency.outbox.OutboxRecord;

/**
 * Sends messages to one kind of broker.
 */
public interface Transport {

	/**
	 * The part of a destination before the colon that this transport serves.
	 * @return {@code kafka}, {@code rabbit} or the like
	 */
	String name();

	/**
	 * Sends a message. Returns as soon as the message is on its way; the stage completes
	 * when the broker has answered, within a time bound of the transport's own. It never
	 * completes exceptionally. The relay keeps one message per key in flight.
	 * @param message the message
	 * @return what the broker said
	 */
	CompletionStage<SendResult> send(OutboxRecord message);

	/**
	 * Whether consumers can be told how far a stream has come while it is silent.
	 * @return by default, {@code true}
	 */
	default boolean heartbeats() {
		return true;
	}

	/**
	 * How messages sent by this transport can be numbered.
	 * @return by default, not at all
	 */
	default Partitioning partitioning() {
		return Partitioning.NONE;
	}

}
