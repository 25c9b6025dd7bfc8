// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.idempotency.inbox.Applied;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.Step;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Folds inbox rows that have numbers into the positions of their streams, so that the
 * inbox does not grow with the traffic. A position accounts for numbers first; their rows
 * are removed later, when no claim can be under way that sees neither. Rows that say more
 * than that an effect completed stay until their retention. Any number of nodes may fold
 * at the same time.
 */
public final class StreamFold {

	private static final String BUSY = "SELECT p.key_hash FROM idempotency_position p WHERE EXISTS "
			+ "(SELECT 1 FROM idempotency_inbox i WHERE i.stream_hash = p.key_hash)";

	private static final String KNOWN = "SELECT i.key_hash, i.stream_number, CASE WHEN i.outcome = 'COMPLETED' AND NOT EXISTS "
			+ "(SELECT 1 FROM idempotency_result r WHERE r.key_hash = i.key_hash) THEN 1 ELSE 0 END AS plain "
			+ "FROM idempotency_position p JOIN idempotency_inbox i ON i.stream_hash = p.key_hash "
			+ "AND i.stream_number <= p.position WHERE NOT EXISTS (SELECT 1 FROM idempotency_hole h "
			+ "WHERE h.key_hash = p.key_hash AND h.first_number <= i.stream_number "
			+ "AND h.last_number >= i.stream_number)";

	private final OwnTransactions transactions;

	private final Dialect dialect;

	private final PositionTable table;

	private final OlderSnapshots snapshots;

	private final int batchSize;

	private final Duration settling;

	private Folded folded = Folded.NONE;

	/**
	 * Creates a fold.
	 * @param dataSource where the tables are
	 * @param dialect what the database is, not H2
	 * @param batchSize how many rows of a stream are folded, and how many rows are
	 * removed, in one transaction at most
	 * @param settling how long after a message those before it should have come, so that
	 * one that did not is a hole
	 */
	public StreamFold(DataSource dataSource, Dialect dialect, int batchSize, Duration settling) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
		this.table = new PositionTable(dialect);
		this.snapshots = new OlderSnapshots(this.transactions, dialect);
		this.batchSize = batchSize;
		this.settling = settling;
	}

	/**
	 * Folds a batch of each stream, and removes at most a batch of rows that were folded
	 * before. To be called by one thread.
	 * @return whether a batch was full, so that another round is worth while
	 */
	public boolean fold() {
		boolean more = false;
		for (byte[] stream : this.transactions.each((jdbc) -> jdbc.queryForList(BUSY, byte[].class))) {
			more |= advance(stream);
		}
		return removeFolded() || more;
	}

	/**
	 * Accounts for the numbers of a stream. Whoever has the position already folds it, or
	 * an effect of it is under way; then it is folded another time.
	 */
	boolean advance(byte[] stream) {
		return this.transactions.together((jdbc) -> {
			readCommitted(jdbc);
			Progress progress = this.table.lock(jdbc, stream, " SKIP LOCKED");
			if (progress == null) {
				return false;
			}
			List<Applied> applied = new ArrayList<>();
			if (!progress.holes().isEmpty()) {
				applied.addAll(inHoles(jdbc, stream));
			}
			List<Applied> above = above(jdbc, stream, progress.position());
			applied.addAll(above);
			Step step = progress.fold(applied);
			if (step == null) {
				return false;
			}
			Boolean moved = jdbc.execute(
					(ConnectionCallback<Boolean>) (Connection connection) -> this.table.move(connection, stream, step));
			if (!Boolean.TRUE.equals(moved)) {
				throw new IllegalStateException("A position was changed while it was locked: " + progress);
			}
			return applied.size() >= this.batchSize && step.to().position() > progress.position();
		});
	}

	private List<Applied> inHoles(JdbcOperations jdbc, byte[] stream) {
		return jdbc.query(
				"SELECT i.stream_number FROM idempotency_hole h JOIN idempotency_inbox i ON i.stream_hash = h.key_hash "
						+ "AND i.stream_number >= h.first_number AND i.stream_number <= h.last_number "
						+ "WHERE h.key_hash = ? ORDER BY i.stream_number LIMIT " + this.batchSize,
				(row, index) -> new Applied(row.getLong(1), true), (Object) stream);
	}

	private List<Applied> above(JdbcOperations jdbc, byte[] stream, long watermark) {
		return jdbc.query(
				"SELECT stream_number, CASE WHEN completed_at <= " + this.dialect.later()
						+ " THEN 1 ELSE 0 END FROM idempotency_inbox WHERE stream_hash = ? AND stream_number > ? "
						+ "ORDER BY stream_number LIMIT " + this.batchSize,
				(row, index) -> new Applied(row.getLong(1), row.getInt(2) == 1),
				-TimeUnit.MICROSECONDS.convert(this.settling), stream, watermark);
	}

	/**
	 * Removes what was folded when it was looked at last, and looks at what is folded
	 * now.
	 */
	private boolean removeFolded() {
		if (this.snapshots.remain(this.folded.before())) {
			return false;
		}
		remove(this.folded.rows());
		this.folded = Folded.NONE;
		List<Row> rows = new ArrayList<>(this.transactions.each((jdbc) -> jdbc.query(KNOWN + " LIMIT " + this.batchSize,
				(row, index) -> new Row(row.getBytes(1), row.getLong(2), row.getInt(3) == 1))));
		rows.sort((one, other) -> Arrays.compareUnsigned(one.key(), other.key()));
		this.folded = new Folded(rows, rows.isEmpty() ? Set.of() : this.snapshots.now());
		if (rows.isEmpty() || this.snapshots.remain(this.folded.before())) {
			return false;
		}
		remove(rows);
		this.folded = Folded.NONE;
		return rows.size() == this.batchSize;
	}

	/**
	 * In the order of their keys, as the purge does.
	 */
	private void remove(List<Row> rows) {
		if (rows.isEmpty()) {
			return;
		}
		this.transactions.together((jdbc) -> {
			readCommitted(jdbc);
			jdbc.batchUpdate("DELETE FROM idempotency_inbox WHERE key_hash = ? AND stream_number = ?",
					keys(rows, true));
			return jdbc
				.batchUpdate("UPDATE idempotency_inbox SET stream_hash = NULL, stream_number = NULL WHERE key_hash = ? "
						+ "AND stream_number = ?", keys(rows, false));
		});
	}

	private static List<Object[]> keys(List<Row> rows, boolean plain) {
		return rows.stream()
			.filter((row) -> row.plain() == plain)
			.map((row) -> new Object[] { row.key(), row.number() })
			.toList();
	}

	private void readCommitted(JdbcOperations jdbc) {
		if (this.dialect.isMySql()) {
			jdbc.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
		}
	}

	/**
	 * A row whose number is accounted for.
	 *
	 * @param key its key
	 * @param number its number
	 * @param plain whether it says nothing but that the effect completed
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Row(byte[] key, long number, boolean plain) {
	}

	/**
	 * Rows that can be removed when some transactions have ended.
	 *
	 * @param rows the rows
	 * @param before who may still see that they were not accounted for
	 */
	private record Folded(List<Row> rows, Set<String> before) {

		static final Folded NONE = new Folded(List.of(), Set.of());

	}

}
