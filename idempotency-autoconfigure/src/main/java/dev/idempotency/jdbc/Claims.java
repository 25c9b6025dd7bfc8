// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How one database decides between concurrent claims. Works on a connection inside a
 * transaction.
 */
abstract class Claims {

	static Claims of(Dialect dialect) {
		return switch (dialect) {
			case POSTGRESQL -> new PostgresClaims();
			case MARIADB, MYSQL -> new MySqlClaims(dialect);
			case H2 -> new H2Claims();
		};
	}

	/**
	 * Inserts the claim, or waits for who inserted it before.
	 * @return tells later whether the transaction still is the one that inserted the
	 * claim; {@code null} if the row is somebody else's
	 */
	abstract @Nullable Proof insert(Connection connection, EffectCall call) throws SQLException;

	/**
	 * How the row of the winner is read, one parameter. It may be younger than the
	 * snapshot of the transaction.
	 */
	String winnerSql() {
		return "SELECT outcome, fingerprint FROM idempotency_inbox WHERE key_hash = ?";
	}

	final @Nullable Stored winner(Connection connection, byte[] hash) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(winnerSql())) {
			statement.setBytes(1, hash);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new Stored(Outcome.valueOf(row.getString(1)), row.getBytes(2)) : null;
			}
		}
	}

	final boolean reject(Connection connection, byte[] hash) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("UPDATE idempotency_inbox SET outcome = 'REJECTED' WHERE key_hash = ?")) {
			statement.setBytes(1, hash);
			return statement.executeUpdate() == 1;
		}
	}

	static String insertSql(Dialect dialect) {
		return insertSql("VALUES (" + values(dialect) + ")");
	}

	static String insertSql(String rows) {
		return "INSERT INTO idempotency_inbox (completed_at, expires_at, key_hash, flow, outcome, fingerprint) " + rows;
	}

	static String values(Dialect dialect) {
		return dialect.now() + ", " + dialect.later() + ", ?, ?, 'COMPLETED', ?";
	}

	/**
	 * Sets the parameters of {@link #values}.
	 */
	static void bind(PreparedStatement statement, int first, EffectCall call) throws SQLException {
		Fingerprint fingerprint = call.fingerprint();
		statement.setLong(first, TimeUnit.MICROSECONDS.convert(call.settings().retention()));
		statement.setBytes(first + 1, call.key().hash());
		statement.setString(first + 2, call.key().consumer());
		statement.setBytes(first + 3, (fingerprint != null) ? fingerprint.bytes() : null);
	}

	/**
	 * Tells whether the transaction still is the one that made the claim. Asked once, as
	 * the last act before the commit; asked again, it may deny.
	 */
	@FunctionalInterface
	interface Proof {

		boolean holds() throws SQLException;

	}

	/**
	 * What the winner stored.
	 *
	 * @param outcome how the effect ended
	 * @param fingerprint digest of its content
	 */
	record Stored(Outcome outcome, byte @Nullable [] fingerprint) {

		boolean collidesWith(@Nullable Fingerprint other) {
			return this.fingerprint != null && other != null && !Fingerprint.restore(this.fingerprint).equals(other);
		}

	}

}
