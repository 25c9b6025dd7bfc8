// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Outbox records for tests.
 */
final class Outgoing {

	private Outgoing() {
	}

	static OutboxRecord to(String topic, @Nullable String key, Map<String, String> headers, String body) {
		return new OutboxRecord(1, 0, "id-1", "kafka:" + topic, null, key, "order.created", "/shop",
				Instant.parse("2026-01-02T03:04:05.123456789Z"), headers, "application/json",
				body.getBytes(StandardCharsets.UTF_8), 0);
	}

}
