// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.delivery.Trail;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Loss;
import dev.idempotency.effect.EffectListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The trail as rows that live as long as their messages are being handled. What a process
 * leaves behind that has shown no sign of life is counted once, by whoever sees it first.
 * PostgreSQL does not flush its log for these rows: they have to survive the application,
 * and whoever loses both at the same moment loses the rows of the last moments.
 */
public final class JdbcTrail implements Trail {

	private static final Logger logger = LoggerFactory.getLogger(JdbcTrail.class);

	private static final String UNFLUSHED = "WITH unflushed AS MATERIALIZED "
			+ "(SELECT set_config('synchronous_commit', 'off', true) AS setting) ";

	private final OwnTransactions transactions;

	private final String owner;

	private final Duration silence;

	private final StoreWatch store;

	private final EffectListener listener;

	private final Sql sql;

	private final AtomicLong numbers = new AtomicLong();

	private volatile boolean alive;

	/**
	 * Creates a trail.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param owner name of this process that no other ever had
	 * @param silence how long a process shows no sign of life before it counts as dead
	 * @param store knows whether the database answers
	 * @param listener hears of what did not come to an end
	 */
	public JdbcTrail(DataSource dataSource, Dialect dialect, String owner, Duration silence, StoreWatch store,
			EffectListener listener) {
		this.transactions = new OwnTransactions(dataSource);
		this.owner = owner;
		this.silence = silence;
		this.store = store;
		this.listener = listener;
		this.sql = Sql.of(dialect);
	}

	@Override
	public long begin(String flow, int messages) {
		if (this.store.isAway()) {
			return 0;
		}
		long number = this.numbers.incrementAndGet();
		try {
			if (!this.alive) {
				beat();
			}
			this.transactions.each((jdbc) -> jdbc.update(this.sql.insert(), number, messages, this.owner, flow));
			return number;
		}
		catch (DataAccessException ex) {
			logger.warn("{} message(s) of flow {} are handled without a trail: {}", messages, flow, ex.toString());
			this.store.suspect();
			return 0;
		}
	}

	@Override
	public void end(long number) {
		if (number == 0) {
			return;
		}
		try {
			this.transactions.each((jdbc) -> jdbc.update(this.sql.delete(), this.owner, number));
		}
		catch (DataAccessException ex) {
			logger.warn(
					"The end of message(s) {} of process {} cannot be noted; they will be counted as unfinished: {}",
					number, this.owner, ex.toString());
			this.store.suspect();
		}
	}

	/**
	 * Shows a sign of life, and counts what the dead left behind. To be called several
	 * times within the silence.
	 */
	public void look() {
		if (this.alive) {
			beat();
		}
		long micros = this.silence.toNanos() / 1000;
		List<String> silent = this.transactions
			.each((jdbc) -> jdbc.queryForList(this.sql.silent(), String.class, micros));
		silent.forEach((dead) -> bury(dead, micros));
	}

	private void beat() {
		this.transactions.each((jdbc) -> (jdbc.update(this.sql.beat(), this.owner) > 0) ? 1
				: jdbc.update(this.sql.insert(), 0L, 0, this.owner, ""));
		this.alive = true;
	}

	private void bury(String dead, long micros) {
		Map<String, Long> left = this.transactions.together((jdbc) -> take(jdbc, dead, micros));
		left.forEach((flow, messages) -> {
			logger.warn("Process {} was given {} message(s) of flow {}, and nobody saw the end. They are not repeated",
					dead, messages, flow);
			this.listener.on(new EffectEvent.Lost(flow, Loss.UNFINISHED, messages));
		});
	}

	/**
	 * Whoever gets the lock counts; who waited for it finds nothing.
	 */
	private Map<String, Long> take(JdbcOperations jdbc, String dead, long micros) {
		Map<String, Long> left = new HashMap<>();
		if (!jdbc.queryForList(this.sql.lock(), String.class, dead, micros).isEmpty()) {
			jdbc.query("SELECT flow, SUM(messages) AS messages FROM idempotency_begun "
					+ "WHERE owner = ? AND number > 0 GROUP BY flow", (row) -> {
						left.put(row.getString("flow"), row.getLong("messages"));
					}, dead);
			jdbc.update("DELETE FROM idempotency_begun WHERE owner = ?", dead);
		}
		return left;
	}

	/**
	 * The statements in a dialect.
	 */
	private record Sql(String insert, String delete, String beat, String silent, String lock) {

		private static Sql of(Dialect dialect) {
			String columns = "INSERT INTO idempotency_begun (seen_at, number, messages, owner, flow) ";
			String silent = "SELECT owner FROM idempotency_begun WHERE number = 0 AND ";
			String quiet = dialect.age("seen_at") + " > ?";
			boolean unflushed = dialect == Dialect.POSTGRESQL;
			return new Sql(
					unflushed ? UNFLUSHED + columns + "SELECT " + dialect.now() + ", ?, ?, ?, ? FROM unflushed"
							: columns + "VALUES (" + dialect.now() + ", ?, ?, ?, ?)",
					unflushed
							? UNFLUSHED + "DELETE FROM idempotency_begun USING unflushed "
									+ "WHERE owner = ? AND number = ? AND setting IS NOT NULL"
							: "DELETE FROM idempotency_begun WHERE owner = ? AND number = ?",
					"UPDATE idempotency_begun SET seen_at = " + dialect.now() + " WHERE owner = ? AND number = 0",
					silent + quiet, silent + "owner = ? AND " + quiet + " FOR UPDATE");
		}

	}

}
