// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

/**
 * A transaction with an id and a snapshot that stays open.
 */
final class OpenTransaction implements AutoCloseable {

	private static final String ID = "select txid_current()";

	private final Connection connection;

	private final long id;

	OpenTransaction(DataSource dataSource) throws SQLException {
		this.connection = dataSource.getConnection();
		this.connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
		this.connection.setAutoCommit(false);
		this.id = currentId();
	}

	/**
	 * Makes sure that it was open all the time.
	 */
	void verify() throws SQLException {
		if (currentId() != this.id) {
			throw new IllegalStateException("The transaction was not left open");
		}
	}

	private long currentId() throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet row = statement.executeQuery(ID)) {
			row.next();
			return row.getLong(1);
		}
	}

	@Override
	public void close() throws SQLException {
		this.connection.rollback();
		this.connection.close();
	}

}
