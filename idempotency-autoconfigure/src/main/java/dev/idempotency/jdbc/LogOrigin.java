// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Notices that the tables have come to another database server, by a dump or by logical
 * replication. Transaction ids begin anew there, so no snapshot means anything any more:
 * everything that is not known to be published goes to the store, under the same ids, and
 * the log begins empty.
 */
final class LogOrigin {

	private static final Logger logger = LoggerFactory.getLogger(LogOrigin.class);

	private static final String HERE = "(SELECT system_identifier::text FROM pg_control_system())";

	private static final String KNOWN = "SELECT setting = " + HERE
			+ " FROM idempotency_meta WHERE name = 'outbox-log-system'";

	private static final String NOTE = "INSERT INTO idempotency_meta (name, setting) VALUES ('outbox-log-system', "
			+ HERE + ") ON CONFLICT (name) DO UPDATE SET setting = EXCLUDED.setting";

	private static final String MOVE = "INSERT INTO idempotency_outbox (" + OutboxSql.COLUMNS
			+ ") OVERRIDING SYSTEM VALUE SELECT " + LogSql.COLUMNS
			+ " FROM idempotency_outbox_log l WHERE NOT EXISTS (SELECT FROM idempotency_outbox_cursor c "
			+ "WHERE c.destination = l.destination AND (c.lanes >> l.lane) & 1 = 1 "
			+ "AND (l.id <= c.top_id AND pg_visible_in_snapshot(l.xid, c.closed) "
			+ "OR l.id <= c.after_id AND pg_visible_in_snapshot(l.xid, c.opened))) "
			+ "AND NOT EXISTS (SELECT FROM idempotency_outbox_parked p WHERE p.id = l.id) ON CONFLICT DO NOTHING";

	private LogOrigin() {
	}

	/**
	 * Makes sure that the snapshots are of this server.
	 */
	static void verify(OwnTransactions transactions) {
		if (!known(transactions)) {
			transactions.together((jdbc) -> {
				jdbc.execute("LOCK TABLE idempotency_outbox_log IN ACCESS EXCLUSIVE MODE");
				if (jdbc.queryForList(KNOWN, Boolean.class).contains(false)) {
					beginAnew(jdbc);
				}
				return jdbc.update(NOTE);
			});
		}
	}

	private static boolean known(OwnTransactions transactions) {
		return transactions.each((jdbc) -> jdbc.queryForList(KNOWN, Boolean.class)).contains(true);
	}

	private static void beginAnew(JdbcOperations jdbc) {
		int moved = jdbc.update(MOVE);
		jdbc.execute("TRUNCATE idempotency_outbox_log");
		jdbc.update("DELETE FROM idempotency_outbox_cursor");
		logger.warn("The outbox has come to another database server; {} messages that are not known to be published "
				+ "are published with the ids they had", moved);
	}

}
