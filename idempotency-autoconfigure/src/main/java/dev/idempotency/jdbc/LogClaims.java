// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.idempotency.relay.Lease;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Who reads which lanes of a destination. The rows of a destination always cover every
 * lane once. Taking lanes splits rows, and rows that have come to the same place are
 * joined, so that a node that has all lanes writes one row per batch.
 */
final class LogClaims {

	private static final String PATIENCE = "SELECT set_config('lock_timeout', '3s', true), " + LogSql.NOT_IDLE;

	private static final String ALONE = "SELECT pg_advisory_xact_lock('idempotency_outbox_cursor'::regclass::int, "
			+ "hashtext(?))";

	private static final String FIRST = "INSERT INTO idempotency_outbox_cursor "
			+ "(destination, lanes, epoch, after_id, top_id, closed) VALUES (?, " + LogCursor.ALL
			+ ", 0, 0, 0, '1:1:')";

	private static final String SPLIT = "INSERT INTO idempotency_outbox_cursor "
			+ "(destination, lanes, epoch, after_id, top_id, closed, opened, partitions, numbering) "
			+ "SELECT destination, ?, epoch + 1, after_id, top_id, closed, opened, partitions, numbering FROM idempotency_outbox_cursor "
			+ "WHERE destination = ? AND lanes = ?";

	private static final String TAKE = "UPDATE idempotency_outbox_cursor SET lanes = ?, epoch = epoch + 1 "
			+ "WHERE destination = ? AND lanes = ?";

	private final OwnTransactions transactions;

	private final String node;

	LogClaims(OwnTransactions transactions, String node) {
		this.transactions = transactions;
		this.node = node;
	}

	/**
	 * Takes lanes.
	 * @return the rows, which cover these lanes and no others, and their numbers; nothing
	 * if a lease is no longer the node's
	 */
	Optional<Claimed> claim(String destination, List<Lease> leases) {
		return this.transactions.together((jdbc) -> {
			jdbc.queryForList(PATIENCE);
			List<Lease> held = LaneSql.lockHeld(jdbc, Dialect.POSTGRESQL, LaneLock.SHARED, this.node, leases);
			if (held.size() < leases.size()) {
				return Optional.empty();
			}
			jdbc.queryForList(ALONE, destination);
			long lanes = LogCursor.bits(leases);
			return Optional.of(new Claimed(take(jdbc, destination, lanes), LogNumbers.of(jdbc, destination, lanes)));
		});
	}

	private static List<LogCursor> take(JdbcOperations jdbc, String destination, long lanes) {
		List<LogCursor> rows = LogCursor.lock(jdbc, destination, lanes);
		if (rows.isEmpty()) {
			jdbc.update(FIRST, destination);
			rows = LogCursor.lock(jdbc, destination, lanes);
		}
		for (LogCursor row : rows) {
			long mine = row.lanes() & lanes;
			if (mine != row.lanes()) {
				jdbc.update(SPLIT, row.lanes() & ~lanes, destination, row.lanes());
			}
			jdbc.update(TAKE, mine, destination, row.lanes());
		}
		return LogCursor.of(jdbc, destination, lanes);
	}

	/**
	 * What the database says of rows, and of the numbers that belong to it.
	 * @param rows the rows
	 * @return those that are the caller's still
	 */
	Claimed durable(String destination, List<LogCursor> rows) {
		long lanes = LogCursor.lanes(rows);
		return this.transactions.together((jdbc) -> {
			jdbc.queryForList(PATIENCE);
			List<LogCursor> found = new ArrayList<>(LogCursor.lock(jdbc, destination, lanes));
			found.removeIf((row) -> rows.stream().noneMatch(row::sameRow));
			return new Claimed(found, LogNumbers.of(jdbc, destination, lanes));
		});
	}

	/**
	 * Brings rows to the same place, if nothing is open: whoever closes all of them next
	 * can join them.
	 * @return the rows, nothing if one of them is no longer the caller's
	 */
	Optional<List<LogCursor>> align(String destination, List<LogCursor> rows, LogNumbering numbering) {
		int partitions = numbering.partitions();
		return fenced(destination, rows, (jdbc) -> {
			for (LogCursor row : rows) {
				if (row.isOpen()) {
					throw new IllegalStateException("Cursor " + row + " of '" + destination + "' is open");
				}
			}
			jdbc.queryForList(LogSql.SETTINGS);
			jdbc.update(
					"UPDATE idempotency_outbox_cursor SET opened = pg_current_snapshot(), after_id = 0, "
							+ "partitions = ?, numbering = CASE WHEN ? > 0 THEN " + LogNumbering.EPOCH
							+ " ELSE numbering END WHERE destination = ? AND lanes IN " + lanes(rows),
					partitions, partitions, numbering.origin(), destination);
		});
	}

	/**
	 * Makes one row of those that are closed at the same snapshot.
	 * @return the row, nothing if one of them is no longer the caller's
	 */
	Optional<List<LogCursor>> join(String destination, List<LogCursor> rows) {
		long all = LogCursor.lanes(rows);
		LogCursor first = rows.get(0);
		return fenced(destination, rows, (jdbc) -> {
			jdbc.update("UPDATE idempotency_outbox_cursor SET top_id = (SELECT max(top_id) "
					+ "FROM idempotency_outbox_cursor WHERE destination = ? AND lanes IN " + lanes(rows)
					+ ") WHERE destination = ? AND lanes = ?", destination, destination, first.lanes());
			jdbc.update("DELETE FROM idempotency_outbox_cursor WHERE destination = ? AND lanes IN "
					+ lanes(rows.subList(1, rows.size())), destination);
			jdbc.update(TAKE, all, destination, first.lanes());
		});
	}

	private Optional<List<LogCursor>> fenced(String destination, List<LogCursor> rows,
			java.util.function.Consumer<JdbcOperations> change) {
		long lanes = LogCursor.lanes(rows);
		return this.transactions.together((jdbc) -> {
			jdbc.queryForList(PATIENCE);
			jdbc.queryForList(ALONE, destination);
			if (!LogCursor.lock(jdbc, destination, lanes).containsAll(rows)) {
				return Optional.empty();
			}
			change.accept(jdbc);
			return Optional.of(LogCursor.of(jdbc, destination, lanes));
		});
	}

	private static String lanes(List<LogCursor> rows) {
		StringBuilder list = new StringBuilder("(");
		rows.forEach((row) -> list.append((list.length() > 1) ? ", " : "").append(row.lanes()));
		return list.append(')').toString();
	}

	/**
	 * What was taken.
	 *
	 * @param rows where the cursors stand
	 * @param numbers the last numbers given there
	 */
	record Claimed(List<LogCursor> rows, LogNumbers numbers) {
	}

}
