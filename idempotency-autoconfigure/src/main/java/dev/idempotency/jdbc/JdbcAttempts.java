// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import javax.sql.DataSource;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.effect.EffectKey;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Counts failed attempts in rows.
 */
public final class JdbcAttempts implements Attempts {

	private final OwnTransactions transactions;

	private final Dialect dialect;

	/**
	 * Creates a counter.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcAttempts(DataSource dataSource, Dialect dialect) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
	}

	@Override
	public int failed(EffectKey key, String error) {
		try {
			return count(key, error);
		}
		catch (DuplicateKeyException | ConcurrencyFailureException ex) {
			return count(key, error);
		}
	}

	/**
	 * Two that count the same message at the same time both find no row; one of them
	 * inserts it, the other must count again.
	 */
	private int count(EffectKey key, String error) {
		return this.transactions.together((jdbc) -> {
			byte[] hash = key.hash();
			String text = Texts.shortened(error);
			if (jdbc.update("UPDATE idempotency_attempt SET attempts = attempts + 1, last_error = ?, last_at = "
					+ this.dialect.now() + " WHERE key_hash = ?", text, hash) == 0) {
				jdbc.update(
						"INSERT INTO idempotency_attempt (first_at, last_at, attempts, key_hash, flow, last_error) "
								+ "VALUES (" + this.dialect.now() + ", " + this.dialect.now() + ", 1, ?, ?, ?)",
						hash, key.consumer(), text);
				return 1;
			}
			return attempts(jdbc, hash);
		});
	}

	private static int attempts(JdbcOperations jdbc, byte[] hash) {
		Integer attempts = jdbc.queryForObject("SELECT attempts FROM idempotency_attempt WHERE key_hash = ?",
				Integer.class, (Object) hash);
		return (attempts != null) ? attempts : 1;
	}

	@Override
	public void forget(EffectKey key) {
		this.transactions
			.each((jdbc) -> jdbc.update("DELETE FROM idempotency_attempt WHERE key_hash = ?", (Object) key.hash()));
	}

}
