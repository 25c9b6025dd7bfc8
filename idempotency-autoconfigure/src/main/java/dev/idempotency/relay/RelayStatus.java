// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the relay of this node knows, without asking the database.
 *
 * @param running whether it was started and not stopped
 * @param lanes number of lanes it holds
 * @param destinations the destinations it serves, by name
 */
public record RelayStatus(boolean running, int lanes, List<Destination> destinations) {

	public RelayStatus {
		destinations = List.copyOf(destinations);
	}

	/**
	 * State of a circuit breaker.
	 */
	public enum Breaker {

		/** Messages are sent. */
		CLOSED,

		/** The destination does not answer; nothing is sent. */
		OPEN,

		/** One message is sent to find out. */
		HALF_OPEN

	}

	/**
	 * A destination.
	 *
	 * @param name transport and address
	 * @param breaker state of its circuit breaker
	 * @param failures how often in a row it did not answer
	 * @param lastError what last went wrong, {@code null} if nothing did since the last
	 * success
	 * @param lastPublished when a message was last confirmed, {@code null} if none was
	 * @param haltedKeys number of keys that wait behind a parked message
	 * @param backlog what waited when it was last looked at, {@code null} before that
	 */
	public record Destination(String name, Breaker breaker, int failures, @Nullable String lastError,
			@Nullable Instant lastPublished, int haltedKeys, RelayStore.@Nullable Backlog backlog) {
	}

}
