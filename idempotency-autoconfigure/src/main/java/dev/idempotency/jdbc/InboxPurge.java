// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Removes what is past its retention: expired inbox rows with their results, attempts
 * nobody counts any more and parked messages that were replayed or discarded. Never
 * touches what is unsent, parked or halted. Any number of nodes may purge at the same
 * time; they delete in one order and so cannot deadlock.
 */
public final class InboxPurge {

	private static final String INBOX = "idempotency_inbox";

	private static final String RESULT = "idempotency_result";

	private static final String ATTEMPT = "idempotency_attempt";

	private static final String PARKED = "idempotency_parked";

	private final OwnTransactions transactions;

	private final Dialect dialect;

	private final int batchSize;

	private final TableWalk walk;

	/**
	 * Creates a purge.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param batchSize how many rows of a table one transaction removes at most
	 */
	public InboxPurge(DataSource dataSource, Dialect dialect, int batchSize) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
		this.batchSize = batchSize;
		this.walk = new TableWalk(batchSize);
	}

	/**
	 * Removes at most one batch of every kind. On PostgreSQL one call looks at a piece of
	 * the inbox, the next call at the next.
	 * @param keepAttempts how long attempts are kept after the last one
	 * @param keepReplayed how long parked messages are kept after they were replayed or
	 * discarded
	 * @return how many rows went
	 */
	public Purged purge(Duration keepAttempts, Duration keepReplayed) {
		int inbox = (this.dialect == Dialect.POSTGRESQL) ? this.transactions.each(this.walk::step)
				: byKey(INBOX, "expires_at", Duration.ZERO, RESULT);
		int attempts = byKey(ATTEMPT, "last_at", keepAttempts);
		int replayed = replayed(keepReplayed);
		boolean more = inbox == this.batchSize || attempts == this.batchSize || replayed == this.batchSize;
		return new Purged(inbox, attempts, replayed, more);
	}

	private int byKey(String table, String column, Duration keep, String... beside) {
		Object limit = micros(keep);
		String due = column + " < " + earlier();
		List<byte[]> keys = this.transactions.each((jdbc) -> jdbc.queryForList(
				"SELECT key_hash FROM " + table + " WHERE " + due + " ORDER BY " + column + page(), byte[].class,
				limit));
		keys.sort(Arrays::compareUnsigned);
		List<String> deletes = Stream.concat(Stream.of(table), Arrays.stream(beside))
			.map((each) -> "DELETE FROM " + each + " WHERE key_hash = ? AND " + due)
			.toList();
		return delete(deletes, keys.stream().map((key) -> new Object[] { key, limit }).toList());
	}

	private int replayed(Duration keep) {
		Object limit = micros(keep);
		String due = "closed_at < " + earlier() + " AND state IN ('REPLAYED', 'DISCARDED')";
		List<Long> ids = this.transactions.each((jdbc) -> jdbc.queryForList(
				"SELECT id FROM " + PARKED + " WHERE " + due + " ORDER BY closed_at" + page(), Long.class, limit));
		return delete(List.of("DELETE FROM " + PARKED + " WHERE id = ? AND " + due),
				ids.stream().sorted().map((id) -> new Object[] { id, limit }).toList());
	}

	/**
	 * MariaDB and MySQL would lock the gap where a row is gone already.
	 * @param deletes take the same rows; the first one counts
	 */
	private int delete(List<String> deletes, List<Object[]> rows) {
		if (rows.isEmpty()) {
			return 0;
		}
		return this.transactions.together((JdbcOperations jdbc) -> {
			if (this.dialect.isMySql()) {
				jdbc.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
			}
			int removed = Arrays.stream(jdbc.batchUpdate(deletes.get(0), rows))
				.map((count) -> Math.max(0, count))
				.sum();
			deletes.stream().skip(1).forEach((sql) -> jdbc.batchUpdate(sql, rows));
			return removed;
		});
	}

	private String page() {
		return " LIMIT " + this.batchSize;
	}

	/**
	 * The time so many microseconds ago; one parameter, given as a negative number.
	 */
	private String earlier() {
		return this.dialect.later();
	}

	private static Object micros(Duration keep) {
		return -TimeUnit.MICROSECONDS.convert(keep);
	}

	/**
	 * What one round removed.
	 *
	 * @param inbox expired inbox rows
	 * @param attempts forgotten attempts
	 * @param replayed parked messages that were replayed or discarded
	 * @param more whether a batch was full, so that another round is worth while
	 */
	public record Purged(int inbox, int attempts, int replayed, boolean more) {
	}

}
