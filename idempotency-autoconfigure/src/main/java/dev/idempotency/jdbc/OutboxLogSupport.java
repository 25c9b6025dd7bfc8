// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether messages can be kept in a log: on PostgreSQL, if its tables are there and may
 * be used. Otherwise they are kept in the table that every database has, and the log of
 * the application says what is missing.
 */
public final class OutboxLogSupport {

	private static final Logger logger = LoggerFactory.getLogger(OutboxLogSupport.class);

	private static final int FIRST_VERSION = 130000;

	private static final String MISSING = """
			SELECT what FROM (VALUES
				('INSERT, SELECT on idempotency_outbox_log', has_table_privilege('idempotency_outbox_log', 'INSERT')
					AND has_table_privilege('idempotency_outbox_log', 'SELECT')),
				('SELECT, TRUNCATE on idempotency_outbox_log_0', has_table_privilege('idempotency_outbox_log_0', 'SELECT')
					AND has_table_privilege('idempotency_outbox_log_0', 'TRUNCATE')),
				('SELECT, TRUNCATE on idempotency_outbox_log_1', has_table_privilege('idempotency_outbox_log_1', 'SELECT')
					AND has_table_privilege('idempotency_outbox_log_1', 'TRUNCATE')),
				('SELECT, TRUNCATE on idempotency_outbox_log_2', has_table_privilege('idempotency_outbox_log_2', 'SELECT')
					AND has_table_privilege('idempotency_outbox_log_2', 'TRUNCATE')),
				('TRUNCATE on idempotency_outbox_log', has_table_privilege('idempotency_outbox_log', 'TRUNCATE')),
				('SELECT, INSERT, UPDATE, DELETE on idempotency_outbox_cursor',
					has_table_privilege('idempotency_outbox_cursor', 'SELECT')
					AND has_table_privilege('idempotency_outbox_cursor', 'INSERT')
					AND has_table_privilege('idempotency_outbox_cursor', 'UPDATE')
					AND has_table_privilege('idempotency_outbox_cursor', 'DELETE')),
				('SELECT, INSERT, UPDATE, DELETE on idempotency_outbox_number',
					has_table_privilege('idempotency_outbox_number', 'SELECT')
					AND has_table_privilege('idempotency_outbox_number', 'INSERT')
					AND has_table_privilege('idempotency_outbox_number', 'UPDATE')
					AND has_table_privilege('idempotency_outbox_number', 'DELETE')),
				('SELECT, INSERT on idempotency_outbox_route', has_table_privilege('idempotency_outbox_route', 'SELECT')
					AND has_table_privilege('idempotency_outbox_route', 'INSERT')),
				('EXECUTE on FUNCTION pg_walfile_name(pg_lsn)',
					has_function_privilege('pg_walfile_name(pg_lsn)', 'EXECUTE')),
				('EXECUTE on FUNCTION pg_current_wal_insert_lsn()',
					has_function_privilege('pg_current_wal_insert_lsn()', 'EXECUTE')),
				('USAGE on SEQUENCE idempotency_outbox_id_seq', has_sequence_privilege('idempotency_outbox_id_seq', 'USAGE')),
				('SELECT, UPDATE on SEQUENCE idempotency_outbox_segment',
					has_sequence_privilege('idempotency_outbox_segment', 'SELECT')
					AND has_sequence_privilege('idempotency_outbox_segment', 'UPDATE'))
			) AS needed (what, granted) WHERE NOT granted""";

	private final boolean available;

	private OutboxLogSupport(boolean available) {
		this.available = available;
	}

	/**
	 * Asks a database.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @return what it says
	 */
	public static OutboxLogSupport of(DataSource dataSource, Dialect dialect) {
		if (dialect != Dialect.POSTGRESQL) {
			return new OutboxLogSupport(false);
		}
		OwnTransactions transactions = new OwnTransactions(dataSource);
		String problem = problem(transactions);
		if (problem != null) {
			logger.warn("The outbox works without its log, which costs more per message: {}", problem);
			return new OutboxLogSupport(false);
		}
		LogOrigin.verify(transactions);
		return new OutboxLogSupport(true);
	}

	private static @Nullable String problem(OwnTransactions transactions) {
		return transactions.each((jdbc) -> {
			Integer version = jdbc.queryForObject("SELECT current_setting('server_version_num')::int", Integer.class);
			if (version == null || version < FIRST_VERSION) {
				return "it needs PostgreSQL 13 or later";
			}
			List<Boolean> there = jdbc.queryForList("SELECT to_regclass('idempotency_outbox_log') IS NOT NULL "
					+ "AND to_regclass('idempotency_outbox_cursor') IS NOT NULL "
					+ "AND to_regclass('idempotency_outbox_number') IS NOT NULL "
					+ "AND to_regclass('idempotency_outbox_route') IS NOT NULL", Boolean.class);
			if (!there.contains(true)) {
				return "its tables idempotency_outbox_log, idempotency_outbox_cursor, idempotency_outbox_number and "
						+ "idempotency_outbox_route are missing; apply the current SQL of the schema";
			}
			List<String> missing = jdbc.queryForList(MISSING, String.class);
			return missing.isEmpty() ? null
					: "GRANT " + String.join("; GRANT ", missing) + " to the user of the data source";
		});
	}

	/**
	 * Whether there is a log to write to and to read.
	 * @return {@code true} on PostgreSQL with everything in place
	 */
	public boolean available() {
		return this.available;
	}

}
