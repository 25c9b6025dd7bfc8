// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Tells at the end of a transaction that changes a position whether it still is the one
 * it was at the beginning. PostgreSQL needs no proof: in a transaction that failed, the
 * change of the position fails as well. On H2 nothing but a rollback ends a transaction.
 * On MariaDB and MySQL a deadlock does, and the next statement begins another; a
 * savepoint lives as long as its transaction.
 */
final class TransactionProof {

	private TransactionProof() {
	}

	static Claims.Proof begin(Dialect dialect, Connection connection) throws SQLException {
		return dialect.isMySql() ? savepoint(connection) : () -> true;
	}

	private static Claims.Proof savepoint(Connection connection) throws SQLException {
		String savepoint = "idempotency_p" + Long.toHexString(ThreadLocalRandom.current().nextLong());
		execute(connection, "SAVEPOINT " + savepoint);
		return () -> {
			execute(connection, "RELEASE SAVEPOINT " + savepoint);
			return true;
		};
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
