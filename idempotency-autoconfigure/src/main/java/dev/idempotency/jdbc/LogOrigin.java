// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
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

	private static final String HERE = "(SELECT system_identifier FROM pg_control_system())";

	private static final String KNOWN = "SELECT " + HERE + " AS here, "
			+ "'idempotency_outbox_number'::regclass::oid::bigint AS numbers, "
			+ "(SELECT setting FROM idempotency_meta WHERE name = 'outbox-log-system') AS known, "
			+ "coalesce((SELECT setting FROM idempotency_meta WHERE name = 'outbox-log-life'), '0') AS life";

	private static final String NOTE = "INSERT INTO idempotency_meta (name, setting) VALUES ('outbox-log-system', "
			+ HERE + "::text) ON CONFLICT (name) DO UPDATE SET setting = EXCLUDED.setting";

	private static final String NEXT_LIFE = "INSERT INTO idempotency_meta AS m (name, setting) "
			+ "VALUES ('outbox-log-life', '1') ON CONFLICT (name) DO UPDATE SET setting = (m.setting::bigint + 1)::text";

	private static final String MOVE = "INSERT INTO idempotency_outbox (" + OutboxSql.COLUMNS
			+ ") OVERRIDING SYSTEM VALUE SELECT " + LogSql.COLUMNS
			+ ", NULL, NULL, NULL FROM idempotency_outbox_log l WHERE NOT EXISTS (SELECT FROM idempotency_outbox_cursor c "
			+ "WHERE c.destination = l.destination AND (c.lanes >> l.lane) & 1 = 1 "
			+ "AND (l.id <= c.top_id AND pg_visible_in_snapshot(l.xid, c.closed) "
			+ "OR l.id <= c.after_id AND pg_visible_in_snapshot(l.xid, c.opened))) "
			+ "AND NOT EXISTS (SELECT FROM idempotency_outbox_parked p WHERE p.id = l.id) ON CONFLICT DO NOTHING";

	private LogOrigin() {
	}

	/**
	 * Makes sure that the snapshots are of this server.
	 * @return what names the numbers given here, except for the timeline: numbers given
	 * elsewhere, or to tables that a dump has replaced since, are others
	 */
	static String verify(OwnTransactions transactions) {
		Known known = transactions.each(LogOrigin::known);
		if (known.isHere()) {
			return known.origin();
		}
		return transactions.together((jdbc) -> {
			jdbc.execute("LOCK TABLE idempotency_outbox_log IN ACCESS EXCLUSIVE MODE");
			if (known(jdbc).isElsewhere()) {
				beginAnew(jdbc);
			}
			jdbc.update(NOTE);
			return known(jdbc).origin();
		});
	}

	private static Known known(JdbcOperations jdbc) {
		return Objects.requireNonNull(jdbc.queryForObject(KNOWN, (row, index) -> new Known(row.getLong("here"),
				row.getLong("numbers"), row.getString("known"), Objects.requireNonNull(row.getString("life")))));
	}

	private static void beginAnew(JdbcOperations jdbc) {
		int moved = jdbc.update(MOVE);
		jdbc.execute("TRUNCATE idempotency_outbox_log");
		jdbc.update("DELETE FROM idempotency_outbox_cursor");
		jdbc.update("DELETE FROM idempotency_outbox_number");
		jdbc.update(NEXT_LIFE);
		logger.warn("The outbox has come to another database server; {} messages that are not known to be published "
				+ "are published with the ids they had", moved);
	}

	/**
	 * Where the tables are, and where they were last.
	 *
	 * @param here the server
	 * @param numbers the table of numbers
	 * @param known the server they were last on, {@code null} if on none
	 * @param life how often they came from another one
	 */
	private record Known(long here, long numbers, @Nullable String known, String life) {

		boolean isHere() {
			return String.valueOf(this.here).equals(this.known);
		}

		boolean isElsewhere() {
			return this.known != null && !isHere();
		}

		String origin() {
			return Long.toUnsignedString(this.here, Character.MAX_RADIX) + "."
					+ Long.toString(this.numbers, Character.MAX_RADIX) + "." + this.life + ".";
		}

	}

}
