// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Business tables.
 */
final class Tables {

	static final String SEEN = "payment_seen";

	static final String SEEN_ONCE = "insert into " + SEEN
			+ " (consumer, message_id) values (?, ?::uuid) on conflict do nothing";

	static final String ORDERS = "customer_order";

	static final String NOTES = "order_note";

	/**
	 * Beside the body what an outbox row has, too, so that both have about the same
	 * bytes.
	 */
	static final String INSERT_NOTE = "insert into " + NOTES + " (created_at, order_id, author, subject, body) "
			+ "values (statement_timestamp(), ?, 'kafka:" + Topics.RELAYED
			+ "/benchmarks', 'payment/application/json', ?)";

	static final String BACKLOG = "plain_backlog";

	private Tables() {
	}

	/**
	 * Where a listener writes.
	 */
	static String of(String listener) {
		return "payment_" + listener.replace('-', '_');
	}

	static String insert(String table) {
		return "insert into " + table + " (id, body) values (?, ?)";
	}

	static void create(JdbcTemplate jdbc, List<String> listeners) {
		listeners.forEach((listener) -> createBusinessTable(jdbc, of(listener)));
		createBusinessTable(jdbc, ORDERS);
		jdbc.execute("create table " + NOTES + " (note_id bigint generated always as identity primary key, "
				+ "created_at timestamptz not null, order_id varchar(50) not null, author text not null, "
				+ "subject text not null, body text not null)");
		jdbc.execute("create table " + BACKLOG + " (position bigint generated always as identity primary key, "
				+ "id varchar(60) not null, body text not null)");
		jdbc.execute("create table " + SEEN
				+ " (consumer varchar(100) not null, message_id uuid not null, primary key (consumer, message_id))");
	}

	private static void createBusinessTable(JdbcTemplate jdbc, String table) {
		jdbc.execute("create table " + table + " (id varchar(50) primary key, body text not null)");
	}

}
