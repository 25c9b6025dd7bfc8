// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Optional;

import dev.idempotency.outbox.OutboxRecord;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/**
 * One statement that closes what is open, takes the next snapshot and reads the first of
 * what became visible in between. An idle cursor is not written.
 *
 * @param row where the cursor stands now
 * @param read what was read
 */
record LogStep(LogCursor row, LogRows read) {

	private static final String SQL = """
			WITH c AS MATERIALIZED (
				SELECT lanes, CASE WHEN opened IS NULL THEN closed ELSE opened END AS since
				FROM idempotency_outbox_cursor
				WHERE destination = ? AND lanes = ? AND epoch = ? AND after_id = ?
					AND opened::text IS NOT DISTINCT FROM ?
				FOR UPDATE
			), page AS MATERIALIZED (
				SELECT l.* FROM c CROSS JOIN LATERAL (%s) l
				WHERE (c.lanes >> l.lane) & 1 = 1 ORDER BY l.id LIMIT ?
			), moved AS (
				UPDATE idempotency_outbox_cursor u
				SET closed = CASE WHEN EXISTS (SELECT FROM page) THEN c.since ELSE pg_current_snapshot() END,
					opened = CASE WHEN EXISTS (SELECT FROM page) THEN pg_current_snapshot() END,
					after_id = 0, top_id = greatest(u.top_id, ?)
				FROM c
				WHERE u.destination = ? AND u.lanes = c.lanes AND (u.opened IS NOT NULL
					OR EXISTS (SELECT FROM page) OR c.lanes <> -1 AND EXISTS (SELECT FROM (%s) l))
				RETURNING u.closed::text AS closed, u.opened::text AS opened
			)
			SELECT m.closed AS new_closed, m.opened AS new_opened, %s, p.*
			FROM c LEFT JOIN moved m ON true LEFT JOIN page p ON true ORDER BY p.id""".formatted(
			LogSql.notIn(LogSql.COLUMNS, "idempotency_outbox_log", "c.since"),
			LogSql.notIn("id", "idempotency_outbox_log", "c.since"), LogSql.TROUBLED);

	private static final int DESTINATIONS_AT_THE_END = 5;

	/**
	 * Goes on from where a cursor stands.
	 * @param last id of the last message of what is open
	 * @param limit how many messages at most
	 * @return nothing if the cursor does not stand there, or is somebody else's
	 */
	static Optional<LogStep> from(LogCursor row, JdbcOperations jdbc, String destination, long last, int limit,
			RowMapper<OutboxRecord> mapper) {
		return LogSql.query(jdbc, SQL, (connection, statement) -> {
			int at = 1;
			statement.setString(at++, destination);
			statement.setLong(at++, row.lanes());
			statement.setLong(at++, row.epoch());
			statement.setLong(at++, row.after());
			statement.setString(at++, row.opened());
			statement.setString(at++, destination);
			statement.setString(at++, destination);
			statement.setInt(at++, limit);
			statement.setLong(at++, last);
			for (int i = 0; i < DESTINATIONS_AT_THE_END; i++) {
				statement.setString(at++, destination);
			}
		}, (rows) -> {
			if (!rows.next()) {
				return Optional.empty();
			}
			String closed = rows.getString("new_closed");
			LogCursor moved = (closed != null) ? row.with(closed, rows.getString("new_opened")) : row;
			return Optional.of(new LogStep(moved, LogRows.rest(rows, mapper)));
		});
	}

}
