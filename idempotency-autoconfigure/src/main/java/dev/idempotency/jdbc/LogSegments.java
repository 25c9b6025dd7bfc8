// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Lets the log go round its three segments: one is written, one or two are kept, and the
 * next is truncated before it is written again. A segment is truncated under a lock that
 * no transaction with a row in it lets through, prepared ones included, and only if every
 * cursor has passed every row.
 */
final class LogSegments {

	private static final Logger logger = LoggerFactory.getLogger(LogSegments.class);

	private static final int COUNT = 3;

	private static final String CURRENT = "SELECT last_value FROM idempotency_outbox_segment";

	private final OwnTransactions transactions;

	private final long period;

	private final LongSupplier nanos;

	private int seen = -1;

	private long since;

	/**
	 * Creates it.
	 * @param retention how long what was published is kept at least
	 * @param nanos the time
	 */
	LogSegments(OwnTransactions transactions, Duration retention, LongSupplier nanos) {
		this.transactions = transactions;
		this.period = retention.toNanos() / (COUNT - 1);
		this.nanos = nanos;
	}

	/**
	 * Goes on to the next segment if it is time to and nothing hinders it.
	 */
	void tidy() {
		int current = this.transactions.each(LogSegments::current);
		long now = this.nanos.getAsLong();
		if (current != this.seen) {
			this.seen = current;
			this.since = now;
		}
		else if (now - this.since >= this.period && filled(current)) {
			turn(current, (current + 1) % COUNT);
		}
	}

	private static int current(JdbcOperations jdbc) {
		Integer current = jdbc.queryForObject(CURRENT, Integer.class);
		return (current != null) ? current : 0;
	}

	private boolean filled(int segment) {
		return !this.transactions
			.each((jdbc) -> jdbc.queryForList("SELECT 1 FROM " + LogSql.leaf(segment) + " LIMIT 1", Integer.class))
			.isEmpty();
	}

	private void turn(int current, int next) {
		if (unread(next).isEmpty()) {
			try {
				this.transactions.together((jdbc) -> {
					jdbc.execute("SELECT " + LogSql.NOT_IDLE + "; LOCK TABLE ONLY " + LogSql.leaf(next)
							+ " IN ACCESS EXCLUSIVE MODE NOWAIT");
					if (current(jdbc) == current && LogSql.unread(jdbc, LogSql.leaf(next)).isEmpty()) {
						jdbc.execute("TRUNCATE " + LogSql.leaf(next));
						jdbc.queryForList("SELECT setval('idempotency_outbox_segment', ?)", next);
					}
					return next;
				});
			}
			catch (DataAccessException ex) {
				logger.debug("Segment {} of the outbox log is in use; it is truncated later", next, ex);
			}
		}
	}

	private List<String> unread(int segment) {
		return this.transactions.each((jdbc) -> LogSql.unread(jdbc, LogSql.leaf(segment)));
	}

}
