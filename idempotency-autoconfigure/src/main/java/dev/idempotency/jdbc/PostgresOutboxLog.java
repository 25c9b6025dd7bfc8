// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

import javax.sql.DataSource;

import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.RelayStore;

/**
 * The outbox as a log, on PostgreSQL. Rows are inserted, read once and never changed;
 * nothing has to be deleted one by one, and no transaction that is open for long, here or
 * in another database of the server, holds up anything but itself.
 */
public final class PostgresOutboxLog implements OutboxLog {

	private static final String WAITING = "(c.lanes >> l.lane) & 1 = 1 AND (c.opened IS NULL OR l.id > c.after_id "
			+ "OR NOT pg_visible_in_snapshot(l.xid, c.opened))";

	/**
	 * Of each cursor, the messages that wait longest, and as many of each transaction
	 * that ended late.
	 */
	private static final String BACKLOG = """
			SELECT least(count(*), ?) AS depth, %1$s AS oldest FROM (
				SELECT lanes, after_id, closed, opened FROM idempotency_outbox_cursor WHERE destination = ?
				UNION ALL SELECT -1, 0, '1:1:', NULL
				WHERE NOT EXISTS (SELECT FROM idempotency_outbox_cursor WHERE destination = ?)
			) c CROSS JOIN LATERAL (
				(SELECT l.created_at FROM idempotency_outbox_log l
				WHERE l.destination = ? AND l.xid >= pg_snapshot_xmax(c.closed) AND %2$s ORDER BY l.xid LIMIT ?)
				UNION ALL
				SELECT found.* FROM pg_snapshot_xip(c.closed) AS late (late) CROSS JOIN LATERAL (
					SELECT l.created_at FROM idempotency_outbox_log l
					WHERE l.destination = ? AND l.xid = late.late AND %2$s LIMIT ?
				) found
			) w""".formatted(Dialect.POSTGRESQL.age("min(created_at)"), WAITING);

	private final OwnTransactions transactions;

	private final LogClaims claims;

	private final LogSegments segments;

	private final Partitioning partitioning;

	private final int planned;

	/**
	 * Creates it.
	 * @param dataSource where the tables are
	 * @param node the node whose leases it checks
	 * @param retention how long what was published is kept at least
	 * @param partitioning says which messages are numbered
	 */
	public PostgresOutboxLog(DataSource dataSource, String node, Duration retention, Partitioning partitioning) {
		this(new OwnTransactions(dataSource), node, retention, partitioning, System::nanoTime, LogPlan.CAP);
	}

	PostgresOutboxLog(OwnTransactions transactions, String node, Duration retention, Partitioning partitioning,
			LongSupplier nanos, int planned) {
		this.partitioning = partitioning;
		this.segments = new LogSegments(transactions, retention, nanos);
		this.transactions = transactions;
		this.claims = new LogClaims(this.transactions, node);
		this.planned = planned;
	}

	@Override
	public List<String> destinations() {
		return this.transactions.each((jdbc) -> LogSql.unread(jdbc, "idempotency_outbox_log"));
	}

	@Override
	public Optional<Reader> claim(String destination, List<Lease> leases) {
		String origin = LogOrigin.verify(this.transactions);
		return this.claims.claim(destination, leases)
			.map((claimed) -> new PostgresLogReader(this.transactions, this.claims, new LogMapper(), destination,
					claimed.rows(), this.planned, new LogNumbering(destination, this.partitioning, claimed.numbers(),
							origin, new LogRoutes(this.transactions, destination))));
	}

	@Override
	public RelayStore.Backlog backlog(String destination, int cap) {
		return this.transactions.each((jdbc) -> LogSql.query(jdbc, BACKLOG, (connection, statement) -> {
			statement.setInt(1, cap);
			statement.setString(2, destination);
			statement.setString(3, destination);
			statement.setString(4, destination);
			statement.setInt(5, cap);
			statement.setString(6, destination);
			statement.setInt(7, cap);
		}, (rows) -> {
			rows.next();
			return new RelayStore.Backlog(rows.getLong("depth"),
					Duration.of(Math.max(0, rows.getLong("oldest")), ChronoUnit.MICROS));
		}));
	}

	@Override
	public void tidy() {
		this.segments.tidy();
	}

}
