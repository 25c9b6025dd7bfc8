// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;

import dev.idempotency.outbox.OutboxRecord;

/**
 * A decision of the relay. Every indicator about the outbox is derived from these events.
 */
public sealed interface RelayEvent {

	/**
	 * A message was confirmed and settled.
	 *
	 * @param message the message
	 * @param age time from its insert to the confirmation
	 */
	record Published(OutboxRecord message, Duration age) implements RelayEvent {
	}

	/**
	 * A destination did not answer.
	 *
	 * @param destination the destination
	 * @param cause what happened
	 */
	record Unavailable(String destination, Throwable cause) implements RelayEvent {
	}

	/**
	 * A broker refused a message.
	 *
	 * @param message the message
	 * @param cause what the broker said
	 */
	record Refused(OutboxRecord message, Throwable cause) implements RelayEvent {
	}

	/**
	 * A message was set aside.
	 *
	 * @param message the message
	 * @param reason why
	 */
	record Parked(OutboxRecord message, String reason) implements RelayEvent {
	}

	/**
	 * The circuit breaker of a destination opened or closed.
	 *
	 * @param destination the destination
	 * @param open whether it is open now
	 */
	record Breaker(String destination, boolean open) implements RelayEvent {
	}

	/**
	 * Confirmed messages could not be settled because the leases had gone to another
	 * node; it will send them again with the same ids.
	 *
	 * @param destination the destination
	 * @param messages how many
	 */
	record Fenced(String destination, int messages) implements RelayEvent {
	}

	/**
	 * The lanes this node relays changed.
	 *
	 * @param held how many it holds now
	 * @param takenOver how many it newly took
	 * @param lost how many it lost without giving them back
	 */
	record LanesChanged(int held, int takenOver, int lost) implements RelayEvent {
	}

	/**
	 * The backlog of a destination was looked at.
	 *
	 * @param destination the destination
	 * @param backlog what waits
	 */
	record Observed(String destination, RelayStore.Backlog backlog) implements RelayEvent {
	}

}
