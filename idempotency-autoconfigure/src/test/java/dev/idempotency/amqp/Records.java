// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Builds outbox records for tests.
 */
final class Records {

	static final Instant TIME = Instant.parse("2026-08-01T10:15:30.123456Z");

	private Records() {
	}

	static OutboxRecord to(String exchange, @Nullable String route, String id) {
		return to(exchange, route, id, "{}");
	}

	static OutboxRecord to(String exchange, @Nullable String route, String id, String body) {
		return new OutboxRecord(1, 1, id, "rabbit:" + exchange, route, "order-1", "order.created", "/orders", TIME,
				Map.of("traceparent", "00-1-2-01"), "application/json", body.getBytes(StandardCharsets.UTF_8), 0);
	}

	/**
	 * What is sent to a queue again, for a flow.
	 */
	static OutboxRecord replay(String queue, String id, @Nullable String messageId) {
		Map<String, String> headers = new HashMap<>(Map.of(OutboxRecord.FLOW_HEADER, "flow"));
		if (messageId != null) {
			headers.put("amqp-message-id", messageId);
		}
		return new OutboxRecord(1, 1, id, "rabbit:", queue, null, "order.created", "/orders", TIME, headers,
				"application/json", new byte[0], 0);
	}

}
