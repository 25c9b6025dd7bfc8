// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;

/**
 * An empty database of the caller's own.
 */
public interface TestDatabase extends AutoCloseable {

	String jdbcUrl();

	String username();

	/**
	 * The password, empty if there is none.
	 */
	String password();

	/**
	 * A pool of at most ten connections, made at the first call and closed with the
	 * database.
	 */
	DataSource dataSource();

	/**
	 * A further pool, closed with the database at the latest.
	 * @param size the greatest number of connections; mind that all databases of a shared
	 * server share its connection limit
	 */
	HikariDataSource pool(int size);

	/**
	 * Opens a new connection at each call.
	 */
	DataSource unpooled();

	/**
	 * Closes the pools and removes the database. May be called more than once.
	 */
	@Override
	void close();

}
