// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What goes wrong at an event of a {@link FaultyDataSource}.
 */
@FunctionalInterface
public interface JdbcFault {

	/**
	 * Does the harm.
	 * @param event what is about to happen, or has just happened
	 * @param connection the real connection, for harm of a special kind
	 * @throws SQLException if the caller shall see the failure. An SQL state of class 08
	 * loses the connection: what it did not commit is rolled back, and it can only be
	 * closed any more.
	 */
	void strike(JdbcEvent event, Connection connection) throws SQLException;

	/**
	 * Fails with an SQL state such as 40001 (serialization failure), 40P01 (deadlock) or
	 * 08006 (connection lost).
	 */
	static JdbcFault sqlState(String sqlState) {
		return (event, connection) -> {
			throw new SQLException("Injected failure at " + event, sqlState);
		};
	}

	/**
	 * Loses the connection.
	 */
	static JdbcFault connectionLost() {
		return sqlState("08006");
	}

	/**
	 * This fault at the first n matching events only.
	 */
	default JdbcFault times(int count) {
		AtomicInteger left = new AtomicInteger(count);
		return (event, connection) -> {
			if (left.getAndDecrement() > 0) {
				strike(event, connection);
			}
		};
	}

}
