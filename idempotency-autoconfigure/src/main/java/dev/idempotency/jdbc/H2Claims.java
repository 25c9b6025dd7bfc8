// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

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
		ByteBuffer hash = ByteBuffer.wrap(call.key().hash());
		return insertAll(connection, new TreeMap<>(Map.of(hash, call)), call.settings().waitFor()).proof();
	}

	/**
	 * One row after the other: a statement for several would be rolled back whole when
	 * one of them exists, and there is no network in between.
	 */
	@Override
	Won insertAll(Connection connection, SortedMap<ByteBuffer, EffectCall> calls, Duration waitFor)
			throws SQLException {
		int previous = lockTimeout(connection);
		lockTimeout(connection, Math.toIntExact(Math.max(1, waitFor.toMillis())));
		Set<ByteBuffer> won = new HashSet<>();
		long end = System.nanoTime() + waitFor.toNanos();
		try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
			for (Map.Entry<ByteBuffer, EffectCall> call : calls.entrySet()) {
				if (insert(statement, call.getValue())) {
					won.add(call.getKey());
				}
				else if (System.nanoTime() - end > 0) {
					throw new SQLTimeoutException("Waited " + waitFor + " for the claims of a batch");
				}
			}
		}
		finally {
			lockTimeout(connection, previous);
		}
		return new Won(won, won.isEmpty() ? null : proof(connection, won.iterator().next().array()));
	}

	private static boolean insert(PreparedStatement statement, EffectCall call) throws SQLException {
		try {
			bind(statement, 1, call);
			statement.executeUpdate();
			return true;
		}
		catch (SQLException ex) {
			if (SqlFailures.duplicate(ex)) {
				return false;
			}
			throw ex;
		}
	}

	private static Proof proof(Connection connection, byte[] hash) throws SQLException {
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
