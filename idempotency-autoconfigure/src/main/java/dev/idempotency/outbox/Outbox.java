// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

/**
 * Sends messages with the caller's transaction: they exist if and only if it commits. A
 * relay publishes them afterwards, at least once, each time with the same id.
 */
@FunctionalInterface
public interface Outbox {

	/**
	 * Writes a message into the caller's transaction.
	 * @param message the message
	 * @return its id, the same on every publication. Inside an effect it derives from the
	 * effect's identity and the position of the message within the effect
	 * @throws OutboxException if no transaction of the outbox's database is active, or
	 * the payload cannot be encoded, or the destination's transport is unknown; nothing
	 * was written
	 */
	String publish(OutboxMessage message);

}
