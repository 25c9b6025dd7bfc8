// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

import dev.idempotency.effect.EffectCall;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

import org.springframework.util.ClassUtils;

/**
 * PostgreSQL. A duplicate key must not become an error, because an error ends the
 * transaction. One round trip bounds the wait, inserts and gives the caller's own bound
 * back; after an error the rollback gives it back.
 * <p>
 * The claim also puts a mark behind {@code application_name}, for as long as the
 * transaction lasts. The server reports every change of that setting to the client
 * (<a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC">
 * ParameterStatus</a>), the end of the transaction, its failure and a rollback to a
 * savepoint from before the claim included. So a mark the driver still sees proves the
 * claim without a round trip. Without it the table is asked.
 */
final class PostgresClaims extends Claims {

	private static final boolean DRIVER_PRESENT = ClassUtils.isPresent("org.postgresql.PGConnection",
			PostgresClaims.class.getClassLoader());

	private static final int NAME_KEPT = 40;

	private static final String INSERT = "WITH bound AS MATERIALIZED ("
			+ "SELECT current_setting('lock_timeout') AS previous, set_config('lock_timeout', ?, true), "
			+ "set_config('application_name', left(split_part(current_setting('application_name'), ' #', 1), "
			+ NAME_KEPT + ") || ?, true)), claim AS ("
			+ insertSql("SELECT " + values(Dialect.POSTGRESQL) + " FROM bound")
			+ " ON CONFLICT (key_hash) DO NOTHING RETURNING 1) "
			+ "SELECT CASE WHEN c.won = 1 THEN txid_current() END, set_config('lock_timeout', bound.previous, true) "
			+ "FROM (SELECT count(*) AS won FROM claim) c, bound";

	/**
	 * The transaction is the same and the claim was not rolled back to a savepoint.
	 */
	private static final String PROOF = "SELECT 1 FROM idempotency_inbox WHERE key_hash = ? "
			+ "AND txid_current_if_assigned() = ?";

	@Override
	@Nullable Proof insert(Connection connection, EffectCall call) throws SQLException {
		String mark = " #" + Long.toHexString(ThreadLocalRandom.current().nextLong());
		try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
			statement.setString(1, Math.max(1, call.settings().waitFor().toMillis()) + "ms");
			statement.setString(2, mark);
			bind(statement, 3, call);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				long transaction = row.getLong(1);
				return row.wasNull() ? null
						: () -> marked(connection, mark) || holds(connection, call.key().hash(), transaction);
			}
		}
	}

	private static boolean marked(Connection connection, String mark) throws SQLException {
		if (!DRIVER_PRESENT || !connection.isWrapperFor(PGConnection.class)) {
			return false;
		}
		String name = connection.unwrap(PGConnection.class).getParameterStatus("application_name");
		return name != null && name.endsWith(mark);
	}

	private static boolean holds(Connection connection, byte[] hash, long transaction) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(PROOF)) {
			statement.setBytes(1, hash);
			statement.setLong(2, transaction);
			try (ResultSet row = statement.executeQuery()) {
				return row.next();
			}
		}
	}

}
