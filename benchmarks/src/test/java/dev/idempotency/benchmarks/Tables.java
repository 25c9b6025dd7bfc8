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

	static final String ORDERS = "customer_order";

	static final String SECOND = "order_note";

	static final String BACKLOG = "plain_backlog";

	static final List<String> ALL = List.of(PLAIN, ANNOTATED, ORDERS, SECOND, BACKLOG);

	private Tables() {
	}

	static String insert(String table) {
		return "insert into " + table + " (id, body) values (?, ?)";
	}

}
