// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the pages of a reader: when a page is shown from what is durable, and durable
 * itself with the statement that closes the page.
 */
final class LogNumbering {

	/**
	 * Writes the numbers of a page if a row of the named common table exists; six
	 * parameters.
	 */
	private static final String WRITE = """
			INSERT INTO idempotency_outbox_number (numbering, destination, lane, first_partition, source, numbers)
			SELECT ?, ?, a.lane, a.first_partition, a.source, a.numbers::bigint[]
			FROM unnest(?::int2[], ?::int4[], ?::text[], ?::text[]) AS a (lane, first_partition, source, numbers)
			WHERE EXISTS (SELECT FROM %s)
			ON CONFLICT (destination, lane, first_partition, source)
			DO UPDATE SET numbering = EXCLUDED.numbering, numbers = EXCLUDED.numbers""";

	static final int PARAMETERS = 6;

	/**
	 * Names a numbering; the parameter is what {@link LogOrigin} says. After a failover
	 * to a standby that had not received everything, the same numbers may be given once
	 * more, so the timeline is part of the name.
	 */
	static final String EPOCH = "? || ltrim(substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), '0')";

	private final String destination;

	private final Partitioning partitioning;

	private final String origin;

	private final LogRoutes routes;

	private LogNumbers numbers;

	private LogNumbers.Page shown = LogNumbers.Page.NONE;

	/**
	 * Creates it.
	 * @param numbers what was given before
	 * @param origin what the name of the numbering begins with
	 * @param routes the routing keys of the destination
	 */
	LogNumbering(String destination, Partitioning partitioning, LogNumbers numbers, String origin, LogRoutes routes) {
		this.routes = routes;
		this.destination = destination;
		this.partitioning = partitioning;
		this.numbers = numbers;
		this.origin = origin;
	}

	static String write(String condition) {
		return WRITE.formatted(condition);
	}

	/**
	 * How many partitions a batch that is opened now has, 0 if it is not numbered.
	 */
	int partitions() {
		return this.partitioning.count(this.destination);
	}

	/**
	 * The last numbers given. Routing keys have no heartbeats.
	 */
	List<OutboxLog.Head> heads() {
		return this.partitioning.byRoute(this.destination) ? List.of() : this.numbers.heads();
	}

	String origin() {
		return this.origin;
	}

	/**
	 * Numbers a page. Nothing is given away yet: the same page can be shown again.
	 */
	List<OutboxRecord> show(LogCursor row, List<OutboxRecord> messages) {
		String epoch = row.numbering();
		if (row.partitions() == 0 || epoch == null) {
			this.shown = LogNumbers.Page.NONE;
			return messages;
		}
		this.shown = this.partitioning.byRoute(this.destination)
				? this.numbers.number(messages, this.routes.of(messages, row.partitions()), epoch)
				: this.numbers.number(messages, row.partitions(), epoch, this.partitioning);
		return this.shown.messages();
	}

	/**
	 * Whether the page that is shown has numbers.
	 */
	boolean pending() {
		return !this.shown.after().isEmpty();
	}

	/**
	 * Sets the parameters of {@link #write} to the numbers of the page that is shown.
	 * @return index of the parameter behind them
	 */
	int bind(Connection connection, PreparedStatement statement, int first) throws SQLException {
		Map<LogNumbers.Row, LogNumbers.Numbers> after = this.shown.after();
		int at = first;
		statement.setString(at++, this.shown.epoch());
		statement.setString(at++, this.destination);
		statement.setArray(at++,
				connection.createArrayOf("int2", after.keySet().stream().map(LogNumbers.Row::lane).toArray()));
		statement.setArray(at++, connection.createArrayOf("int4",
				after.keySet().stream().map(LogNumbers.Row::firstPartition).toArray()));
		statement.setArray(at++,
				connection.createArrayOf("text", after.keySet().stream().map(LogNumbers.Row::source).toArray()));
		statement.setArray(at++,
				connection.createArrayOf("text", after.values().stream().map(LogNumbers.Numbers::text).toArray()));
		return at;
	}

	/**
	 * Notes that the page was closed.
	 */
	void closed() {
		this.numbers.given(this.shown);
		this.shown = LogNumbers.Page.NONE;
	}

	/**
	 * Goes on from what the database says.
	 */
	void reset(LogNumbers durable) {
		this.numbers = durable;
		this.shown = LogNumbers.Page.NONE;
	}

}
