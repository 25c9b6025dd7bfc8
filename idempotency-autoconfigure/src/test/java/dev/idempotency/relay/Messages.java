// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Instant;
import java.util.Map;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages for tests.
 */
final class Messages {

	private Messages() {
	}

	static OutboxRecord message(String destination, @Nullable String key, String id) {
		return new OutboxRecord(0, Lanes.of(key, id), id, destination, null, key, "tested", "/tests", Instant.EPOCH,
				Map.of(), "text/plain", new byte[0], 0);
	}

	static OutboxRecord message(long position, @Nullable String key) {
		return at(position, message("fake:a", key, "m" + position));
	}

	static OutboxRecord routed(OutboxRecord row, @Nullable String route) {
		return new OutboxRecord(row.position(), row.lane(), row.id(), row.destination(), route, row.key(), row.type(),
				row.source(), row.time(), row.headers(), row.contentType(), row.body(), row.attempts());
	}

	/**
	 * The message has the number of its position.
	 */
	static OutboxRecord numbered(long position, @Nullable String key, int lane) {
		return message(position, key).at(Placement.of(lane, "fake:a", 0, "1", position));
	}

	static OutboxRecord at(long position, OutboxRecord row) {
		return copy(row, position, row.id(), row.key(), row.attempts());
	}

	static OutboxRecord refusedOnceMore(OutboxRecord row) {
		return copy(row, row.position(), row.id(), row.key(), row.attempts() + 1);
	}

	static OutboxRecord withoutAttempts(OutboxRecord row) {
		return copy(row, row.position(), row.id(), row.key(), 0);
	}

	static OutboxRecord withId(OutboxRecord row, String id) {
		return copy(row, row.position(), id, row.key(), row.attempts());
	}

	static OutboxRecord withoutKey(OutboxRecord row) {
		return copy(row, row.position(), row.id(), null, row.attempts());
	}

	/**
	 * The message with a number, which it keeps from then on.
	 */
	static OutboxRecord numbered(OutboxRecord row, long number) {
		String route = row.route();
		return row.at((route != null) ? Placement.ofRoute(row.lane(), row.destination(), 0, route, "1", number)
				: Placement.of(row.lane(), row.destination(), 0, "1", number));
	}

	private static OutboxRecord copy(OutboxRecord row, long position, String id, @Nullable String key, int attempts) {
		return new OutboxRecord(position, row.lane(), id, row.destination(), row.route(), key, row.type(), row.source(),
				row.time(), row.headers(), row.contentType(), row.body(), attempts, row.placement());
	}

}
