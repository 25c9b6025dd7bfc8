// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

/**
 * Business tables, all alike.
 */
final class Tables {

	static final String PLAIN = "payment_plain";

	static final String ANNOTATED = "payment_annotated";

	static final String HAND_WRITTEN = "payment_hand_written";

	static final String SEEN = "payment_seen";

	static final String SEEN_ONCE = "insert into " + SEEN
			+ " (consumer, message_id) values (?, ?::uuid) on conflict do nothing";

	static final String ORDERS = "customer_order";

	static final String SECOND = "order_note";

	static final String BACKLOG = "plain_backlog";

	static final List<String> ALL = List.of(PLAIN, HAND_WRITTEN, ANNOTATED, ORDERS, SECOND, BACKLOG);

	private Tables() {
	}

	static String insert(String table) {
		return "insert into " + table + " (id, body) values (?, ?)";
	}

}
