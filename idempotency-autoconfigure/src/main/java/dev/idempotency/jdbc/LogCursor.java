// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

import dev.idempotency.relay.Lease;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * A row of the table of cursors.
 *
 * @param lanes the lanes, one bit each
 * @param epoch rises when somebody else takes lanes of the row, so that who had it before
 * changes nothing any more
 * @param after what is open is done up to this id
 * @param closed the snapshot up to which everything is done
 * @param opened the snapshot up to which is being published, {@code null} if nothing is
 * @param partitions how many partitions the last batch was opened with, 0 if it is not
 * numbered
 * @param numbering name of the numbering of the last batch
 */
record LogCursor(long lanes, long epoch, long after, String closed, @Nullable String opened, int partitions,
		@Nullable String numbering) {

	static final long ALL = -1;

	static final String COLUMNS = "lanes, epoch, after_id, closed::text AS closed, opened::text AS opened, "
			+ "partitions, numbering";

	static LogCursor map(ResultSet row, int index) throws SQLException {
		return new LogCursor(row.getLong("lanes"), row.getLong("epoch"), row.getLong("after_id"),
				Objects.requireNonNull(row.getString("closed")), row.getString("opened"), row.getInt("partitions"),
				row.getString("numbering"));
	}

	static long bits(Collection<Lease> leases) {
		return leases.stream().mapToLong((lease) -> 1L << lease.lane()).reduce(0, (all, bit) -> all | bit);
	}

	/**
	 * The rows of a destination that have some of these lanes.
	 */
	static List<LogCursor> of(JdbcOperations jdbc, String destination, long lanes) {
		return of(jdbc, destination, lanes, "");
	}

	/**
	 * The same, locked until the end of the transaction. Rows of others are let be: who
	 * stopped in the middle of a change must not hold up lanes it does not have.
	 */
	static List<LogCursor> lock(JdbcOperations jdbc, String destination, long lanes) {
		return of(jdbc, destination, lanes, " FOR UPDATE");
	}

	private static List<LogCursor> of(JdbcOperations jdbc, String destination, long lanes, String lock) {
		return jdbc.query(
				"SELECT " + COLUMNS + " FROM idempotency_outbox_cursor "
						+ "WHERE destination = ? AND (lanes & ?) <> 0 ORDER BY lanes" + lock,
				LogCursor::map, destination, lanes);
	}

	static long lanes(Collection<LogCursor> rows) {
		return rows.stream().mapToLong(LogCursor::lanes).reduce(0, (all, bits) -> all | bits);
	}

	boolean isOpen() {
		return this.opened != null;
	}

	boolean sameRow(LogCursor other) {
		return this.lanes == other.lanes && this.epoch == other.epoch;
	}

	/**
	 * Whether neither of two views of a row is newer.
	 */
	boolean samePlace(LogCursor other) {
		return this.after == other.after && Objects.equals(this.opened, other.opened);
	}

	/**
	 * What a step has made of the row.
	 */
	LogCursor moved(ResultSet row) throws SQLException {
		String newClosed = row.getString("new_closed");
		return (newClosed == null) ? this : new LogCursor(this.lanes, this.epoch, 0, newClosed,
				row.getString("new_opened"), row.getInt("partitions"), row.getString("numbering"));
	}

	LogCursor done() {
		return new LogCursor(this.lanes, this.epoch, 0, Objects.requireNonNull(this.opened, "not open"), null,
				this.partitions, this.numbering);
	}

	LogCursor after(long id) {
		return new LogCursor(this.lanes, this.epoch, id, this.closed, this.opened, this.partitions, this.numbering);
	}

}
