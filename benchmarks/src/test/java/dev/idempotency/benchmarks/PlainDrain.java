// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The fastest thing somebody might write instead of a relay: reads pages, sends them
 * without waiting, and waits for all answers at the end. Remembers nothing and deletes
 * nothing.
 */
final class PlainDrain {

	private static final int PAGE = 500;

	private final JdbcTemplate jdbc;

	private final PlainSender sender;

	PlainDrain(JdbcTemplate jdbc, PlainSender sender) {
		this.jdbc = jdbc;
		this.sender = sender;
	}

	/**
	 * Sends everything.
	 * @return how many messages it was
	 */
	int run() throws Exception {
		int sent = 0;
		List<Row> page = page(0);
		while (!page.isEmpty()) {
			for (Row row : page) {
				this.sender.send(row.payment());
			}
			sent += page.size();
			page = page(page.get(page.size() - 1).position());
		}
		this.sender.confirm();
		return sent;
	}

	private List<Row> page(long after) {
		return this.jdbc.query(
				"select position, id, body from " + Tables.BACKLOG + " where position > ? order by position limit "
						+ PAGE,
				(row, number) -> new Row(row.getLong("position"),
						new Payment(row.getString("id"), row.getString("body"))),
				after);
	}

	private record Row(long position, Payment payment) {
	}

}
