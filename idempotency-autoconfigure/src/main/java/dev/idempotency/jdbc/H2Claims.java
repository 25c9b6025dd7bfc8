// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

import dev.idempotency.effect.EffectCall;
import org.jspecify.annotations.Nullable;

/**
 * H2. A duplicate key rolls back its statement only. The bound of the wait belongs to the
 * session and is given back.
 */
final class H2Claims extends Claims {

	private static final String INSERT = insertSql(Dialect.H2);

	private static final String TRANSACTION = "SELECT TRANSACTION_ID() FROM idempotency_inbox WHERE key_hash = ?";

	@Override
	@Nullable Proof insert(Connection connection, EffectCall call) throws SQLException {
		int previous = lockTimeout(connection);
		lockTimeout(connection, Math.toIntExact(Math.max(1, call.settings().waitFor().toMillis())));
		try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
			bind(statement, 1, call);
			statement.executeUpdate();
		}
		catch (SQLException ex) {
			if (SqlFailures.duplicate(ex)) {
				return null;
			}
			throw ex;
		}
		finally {
			lockTimeout(connection, previous);
		}
		byte[] hash = call.key().hash();
		String transaction = Objects.requireNonNull(transaction(connection, hash), "transaction");
		return () -> transaction.equals(transaction(connection, hash));
	}

	private static @Nullable String transaction(Connection connection, byte[] hash) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(TRANSACTION)) {
			statement.setBytes(1, hash);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? row.getString(1) : null;
			}
		}
	}

	private static int lockTimeout(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("CALL LOCK_TIMEOUT()")) {
			row.next();
			return row.getInt(1);
		}
	}

	private static void lockTimeout(Connection connection, int milliseconds) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET LOCK_TIMEOUT " + milliseconds);
		}
	}

}
