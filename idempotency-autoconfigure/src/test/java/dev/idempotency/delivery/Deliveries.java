// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Messages for tests.
 */
final class Deliveries {

	private Deliveries() {
	}

	static Delivery delivery(Map<String, String> attributes, Map<String, String> headers, @Nullable String messageId,
			boolean positionIsIdentity) {
		return new Delivery("kafka", "orders", "orders-0@42", positionIsIdentity, messageId, "key", headers, attributes,
				"{}", () -> new Delivery.Original("{}".getBytes(StandardCharsets.UTF_8)), false);
	}

}
