// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;

import dev.idempotency.effect.EffectCall;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB and MySQL. A duplicate is no error, which the drivers would log: every value is
 * of fixed or checked length, so that {@code IGNORE} has nothing else to ignore; it does
 * not hide deadlocks and timeouts. The loser reads with a lock, because the winner's row
 * may be younger than its snapshot. A savepoint lives exactly as long as its transaction:
 * it is gone after a deadlock that nobody noticed and after a statement that commits by
 * itself.
 */
final class MySqlClaims extends Claims {

	private final Dialect dialect;

	private final String insert;

	MySqlClaims(Dialect dialect) {
		this.dialect = dialect;
		this.insert = insertSql(dialect).replaceFirst("INSERT", "INSERT IGNORE");
	}

	@Override
	String winnerSql() {
		return super.winnerSql() + " LOCK IN SHARE MODE";
	}

	@Override
	@Nullable Proof insert(Connection connection, EffectCall call) throws SQLException {
		try (PreparedStatement statement = bounded(connection, call.settings().waitFor())) {
			bind(statement, 1, call);
			if (statement.executeUpdate() == 0) {
				return null;
			}
		}
		String savepoint = "idempotency_" + HexFormat.of().formatHex(call.key().hash(), 0, 16);
		execute(connection, "SAVEPOINT " + savepoint);
		return () -> holds(connection, savepoint);
	}

	/**
	 * Both databases count in seconds. MySQL can bound a single statement only from the
	 * driver's side.
	 */
	private PreparedStatement bounded(Connection connection, Duration waitFor) throws SQLException {
		int seconds = Math.toIntExact(Math.max(1, waitFor.plusMillis(999).toSeconds()));
		if (this.dialect == Dialect.MARIADB) {
			return connection
				.prepareStatement("SET STATEMENT innodb_lock_wait_timeout = " + seconds + " FOR " + this.insert);
		}
		PreparedStatement statement = connection.prepareStatement(this.insert);
		statement.setQueryTimeout(seconds);
		return statement;
	}

	private static boolean holds(Connection connection, String savepoint) throws SQLException {
		execute(connection, "RELEASE SAVEPOINT " + savepoint);
		return true;
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
