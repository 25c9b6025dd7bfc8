// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Optional;

import dev.idempotency.outbox.OutboxRecord;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/**
 * One statement that closes what is open, takes the next snapshot and reads what became
 * visible in between, unless that is too much: finding the first of many takes as long as
 * planning them all. An idle cursor is not written.
 *
 * @param row where the cursor stands now
 * @param read what was read
 * @param cut whether that was less than there is, because its payloads are large
 * @param large whether there is more than was asked for; what was read means nothing then
 */
record LogStep(LogCursor row, LogRows read, boolean cut, boolean large) {

	private static final String STEP = """
			WITH c AS MATERIALIZED (
				SELECT lanes, CASE WHEN opened IS NULL THEN closed ELSE opened END AS since
				FROM idempotency_outbox_cursor
				WHERE destination = ? AND lanes = ? AND epoch = ? AND after_id = ?
					AND opened::text IS NOT DISTINCT FROM ?
				FOR UPDATE
			), page AS MATERIALIZED (
				SELECT * FROM (
					SELECT f.*, count(*) OVER () AS found,
						sum(octet_length(f.body)) OVER (ORDER BY f.id) - octet_length(f.body) AS bytes_before
					FROM (
						SELECT l.* FROM c CROSS JOIN LATERAL (%s) l
						WHERE (c.lanes >> l.lane) & 1 = 1 LIMIT ?
					) f
				) sized WHERE bytes_before < CASE WHEN found > ? THEN 1 ELSE %d END
			), moved AS (
				UPDATE idempotency_outbox_cursor u
				SET closed = CASE WHEN EXISTS (SELECT FROM page) THEN c.since ELSE pg_current_snapshot() END,
					opened = CASE WHEN EXISTS (SELECT FROM page) THEN pg_current_snapshot() END,
					after_id = 0, top_id = greatest(u.top_id, ?),
					partitions = CASE WHEN EXISTS (SELECT FROM page) THEN ? ELSE u.partitions END,
					numbering = CASE WHEN ? > 0 AND EXISTS (SELECT FROM page) THEN %s ELSE u.numbering END
				FROM c
				WHERE u.destination = ? AND u.lanes = c.lanes AND (u.opened IS NOT NULL
					OR EXISTS (SELECT FROM page)%s)
				RETURNING u.closed::text AS closed, u.opened::text AS opened, u.partitions, u.numbering
			), numbers AS (
				%s
			)
			SELECT m.closed AS new_closed, m.opened AS new_opened, m.partitions, m.numbering, %s, p.*
			FROM c LEFT JOIN moved m ON true LEFT JOIN page p ON true ORDER BY p.id""";

	private static final String OF_ALL = sql("");

	/**
	 * What other lanes have is passed over for good, or it would be looked at each time.
	 */
	private static final String OF_SOME = sql(
			" OR EXISTS (SELECT FROM (" + LogSql.notIn("id", "idempotency_outbox_log", "c.since") + ") l)");

	private static String sql(String condition) {
		return STEP.formatted(LogSql.notIn(LogSql.COLUMNS, "idempotency_outbox_log", "c.since"), LogPlan.PAGE_BYTES,
				LogNumbering.EPOCH, condition, LogNumbering.write("c"), LogSql.TROUBLED);
	}

	/**
	 * Goes on from where a cursor stands.
	 * @param last id of the last message of what is open
	 * @param limit how many messages at most
	 * @param numbering numbers what is open, and names the numbering of what is opened
	 * @param partitions how many partitions what is opened has, 0 not to number it
	 * @return nothing if the cursor does not stand there, or is somebody else's
	 */
	static Optional<LogStep> from(LogCursor row, JdbcOperations jdbc, String destination, long last, int limit,
			RowMapper<OutboxRecord> mapper, LogNumbering numbering, int partitions) {
		boolean all = row.lanes() == LogCursor.ALL;
		return LogSql.query(jdbc, all ? OF_ALL : OF_SOME, (connection, statement) -> {
			int at = 1;
			statement.setString(at++, destination);
			statement.setLong(at++, row.lanes());
			statement.setLong(at++, row.epoch());
			statement.setLong(at++, row.after());
			statement.setString(at++, row.opened());
			statement.setString(at++, destination);
			statement.setString(at++, destination);
			statement.setInt(at++, limit + 1);
			statement.setInt(at++, limit);
			statement.setLong(at++, last);
			statement.setInt(at++, partitions);
			statement.setInt(at++, partitions);
			statement.setString(at++, numbering.origin());
			for (int i = 0; i < (all ? 1 : 3); i++) {
				statement.setString(at++, destination);
			}
			at = numbering.bind(connection, statement, at);
			statement.setString(at++, destination);
			statement.setString(at, destination);
		}, (rows) -> {
			if (!rows.next()) {
				return Optional.empty();
			}
			LogCursor moved = row.moved(rows);
			int found = rows.getInt("found");
			LogRows read = LogRows.rest(rows, mapper);
			return Optional.of(new LogStep(moved, read, read.messages().size() < found, found > limit));
		});
	}

}
