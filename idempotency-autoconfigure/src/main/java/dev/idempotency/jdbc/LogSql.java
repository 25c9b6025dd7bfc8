// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * How the log is read. A message became visible between two snapshots if its transaction
 * began after the first, or was running then, and had ended when the second was taken.
 */
final class LogSql {

	static final String COLUMNS = "id, created_at, 0 AS attempts, lane, destination, message_id, route, msg_key, "
			+ "type, source, content_type, headers, body";

	/**
	 * Setting until the end of the transaction: the database ends it if the node that
	 * began it stops in the middle. Its locks would be held until the connection is found
	 * dead, which takes hours.
	 */
	static final String NOT_IDLE = "set_config('idle_in_transaction_session_timeout', '10s', true)";

	/**
	 * Settings until the end of the transaction. The planner stays on the index whatever
	 * the statistics of a table say that is filled and truncated all the time, and plans
	 * a statement once: planning one takes longer than running it. What is about to be
	 * published must not be lost in a crash, nor the transactions it comes from, whose
	 * commits are older: so this commit is flushed, whatever the database's default is.
	 */
	static final String SETTINGS = "SELECT set_config('enable_seqscan', 'off', true), "
			+ "set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
			+ "set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true), "
			+ "set_config('plan_cache_mode', 'force_generic_plan', true), "
			+ "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
			+ "ELSE current_setting('synchronous_commit') END, true)";

	/** Whether anything of a destination is outside the log; two parameters. */
	static final String TROUBLED = "(EXISTS (SELECT FROM idempotency_outbox WHERE destination = ?) "
			+ "OR EXISTS (SELECT FROM idempotency_halted_key WHERE destination = ?)) AS troubled";

	private static final String UNREAD = """
			WITH RECURSIVE d AS (
				(SELECT destination FROM %1$s ORDER BY destination LIMIT 1)
				UNION ALL
				SELECT (SELECT l.destination FROM %1$s l WHERE l.destination > d.destination
					ORDER BY l.destination LIMIT 1) FROM d WHERE d.destination IS NOT NULL
			)
			SELECT d.destination FROM d WHERE d.destination IS NOT NULL AND (
				NOT EXISTS (SELECT FROM idempotency_outbox_cursor c WHERE c.destination = d.destination)
				OR EXISTS (SELECT FROM idempotency_outbox_cursor c WHERE c.destination = d.destination
					AND EXISTS (SELECT FROM (%2$s) l)))""";

	private LogSql() {
	}

	/**
	 * Messages of a destination that are not in a snapshot; two parameters, both the
	 * destination. The {@code OFFSET} keeps the planner from joining the other way round,
	 * which would read everything the destination ever had.
	 * @param columns what to select
	 * @param log the table
	 * @param since the snapshot
	 */
	static String notIn(String columns, String log, String since) {
		return "SELECT " + columns + " FROM " + log + " WHERE destination = ? AND xid >= pg_snapshot_xmax(" + since
				+ ") UNION ALL SELECT found.* FROM pg_snapshot_xip(" + since
				+ ") AS late (late) CROSS JOIN LATERAL (SELECT " + columns + " FROM " + log
				+ " WHERE destination = ? AND xid = late.late OFFSET 0) found";
	}

	static String leaf(int segment) {
		return "idempotency_outbox_log_" + segment;
	}

	/**
	 * Destinations of which a table of the log has rows that a cursor has not passed.
	 * Goes from one to the next along the index.
	 */
	static List<String> unread(JdbcOperations jdbc, String table) {
		String rows = notIn("id", table, "c.closed").replace("destination = ?", "destination = d.destination");
		return query(jdbc, UNREAD.formatted(table, rows), (connection, statement) -> {
		}, (found) -> {
			List<String> destinations = new ArrayList<>();
			while (found.next()) {
				destinations.add(found.getString(1));
			}
			return destinations;
		});
	}

	/**
	 * Runs one statement under {@link #SETTINGS}, in the same round trip and the same
	 * transaction.
	 */
	static <T extends @Nullable Object> T query(JdbcOperations jdbc, String sql, Binder parameters,
			ResultSetExtractor<T> rows) {
		return query(jdbc, SETTINGS, sql, parameters, rows);
	}

	/**
	 * The same under other settings.
	 * @param settings a statement that makes them
	 */
	static <T extends @Nullable Object> T query(JdbcOperations jdbc, String settings, String sql, Binder parameters,
			ResultSetExtractor<T> rows) {
		return jdbc.execute((ConnectionCallback<T>) (connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(settings + "; " + sql)) {
				parameters.bind(connection, statement);
				statement.execute();
				statement.getMoreResults();
				try (ResultSet found = statement.getResultSet()) {
					return rows.extractData(found);
				}
			}
		});
	}

	/**
	 * Sets parameters.
	 */
	@FunctionalInterface
	interface Binder {

		void bind(Connection connection, PreparedStatement statement) throws SQLException, DataAccessException;

	}

}
