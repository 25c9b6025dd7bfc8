// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ways to read a log that are wrong.
 */
final class RaceObserver {

	private final JdbcTemplate jdbc;

	private final String next;

	private final Sightings seen = new Sightings();

	private String lastXid = "0";

	private long lastId;

	private RaceObserver(JdbcTemplate jdbc, String next) {
		this.jdbc = jdbc;
		this.next = next;
	}

	/**
	 * Reads what has a higher id than the last.
	 */
	static RaceObserver idCursor(JdbcTemplate jdbc) {
		return new RaceObserver(jdbc,
				"SELECT * FROM idempotency_outbox_log WHERE ?::xid8 IS NOT NULL AND id > ? " + "ORDER BY id");
	}

	/**
	 * Reads what is older than every transaction that runs.
	 */
	static RaceObserver xminGate(JdbcTemplate jdbc) {
		return new RaceObserver(jdbc, "SELECT * FROM idempotency_outbox_log WHERE (xid, id) > (?::xid8, ?) "
				+ "AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id");
	}

	void observe() {
		this.jdbc.query(this.next, (row) -> {
			this.seen.add(row.getString("message_id"));
			this.lastXid = row.getString("xid");
			this.lastId = row.getLong("id");
		}, this.lastXid, this.lastId);
	}

	Sightings seen() {
		return this.seen;
	}

}
