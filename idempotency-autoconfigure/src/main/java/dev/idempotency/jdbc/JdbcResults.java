// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.StoredResult;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.inbox.ResultStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;

/**
 * Results in a table of their own, so that the rows of effects without one stay small. A
 * result takes its expiry from the claim and is purged in the same transaction.
 */
public final class JdbcResults implements ResultStore {

	private static final String ROW = " (expires_at, key_hash, codec, body) SELECT expires_at, key_hash, ?, ? "
			+ "FROM idempotency_inbox WHERE key_hash = ?";

	private final CallersTransaction transaction;

	private final String store;

	private final String find;

	/**
	 * Creates a store.
	 * @param dataSource where the tables are; its transactions are those of the effects
	 * @param dialect what the database is
	 */
	public JdbcResults(DataSource dataSource, Dialect dialect) {
		this.transaction = new CallersTransaction(dataSource);
		this.store = store(dialect);
		this.find = "SELECT codec, body FROM idempotency_result WHERE key_hash = ?"
				+ (dialect.isMySql() ? " LOCK IN SHARE MODE" : "");
	}

	/**
	 * Replaces what was left behind by somebody who removed the claim alone.
	 */
	private static String store(Dialect dialect) {
		return switch (dialect) {
			case POSTGRESQL -> "INSERT INTO idempotency_result" + ROW
					+ " ON CONFLICT (key_hash) DO UPDATE SET expires_at = EXCLUDED.expires_at, "
					+ "codec = EXCLUDED.codec, body = EXCLUDED.body";
			case MARIADB, MYSQL -> "REPLACE INTO idempotency_result" + ROW;
			case H2 -> "MERGE INTO idempotency_result" + ROW.replace(" SELECT", " KEY (key_hash) SELECT");
		};
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public void store(EffectKey key, StoredResult result) {
		try (PreparedStatement statement = connection(key).prepareStatement(this.store)) {
			statement.setString(1, result.codec());
			statement.setBytes(2, result.body());
			statement.setBytes(3, key.hash());
			if (statement.executeUpdate() == 0) {
				throw new UnprotectedEffectException("The transaction of effect " + key + " ended before its body did");
			}
		}
		catch (SQLException ex) {
			throw failure(key, ex);
		}
	}

	/**
	 * {@inheritDoc}
	 * @throws DataAccessException if the database does not answer
	 */
	@Override
	public @Nullable StoredResult find(EffectKey key) {
		try (PreparedStatement statement = connection(key).prepareStatement(this.find)) {
			statement.setBytes(1, key.hash());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new StoredResult(row.getString(1), row.getBytes(2)) : null;
			}
		}
		catch (SQLException ex) {
			throw failure(key, ex);
		}
	}

	private Connection connection(EffectKey key) {
		Connection connection = this.transaction.connection();
		if (connection == null) {
			throw new UnprotectedEffectException(
					"The result of effect " + key + " is out of reach: " + this.transaction.problem());
		}
		return connection;
	}

	private static RuntimeException failure(EffectKey key, SQLException failure) {
		return SqlFailures.lostTransaction(failure)
				? new UnprotectedEffectException("The transaction of effect " + key + " ended before its body did",
						failure)
				: SqlFailures.translate("result", failure);
	}

}
