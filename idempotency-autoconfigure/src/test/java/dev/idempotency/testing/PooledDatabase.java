// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.ArrayDeque;
import java.util.Deque;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Pools of one database, closed before the database goes.
 */
abstract class PooledDatabase implements TestDatabase {

	private static final int DEFAULT_POOL_SIZE = 10;

	private final String username;

	private final String password;

	private final Deque<HikariDataSource> pools = new ArrayDeque<>();

	private @Nullable HikariDataSource defaultPool;

	private boolean closed;

	PooledDatabase(String username, String password) {
		this.username = username;
		this.password = password;
	}

	@Override
	public final String username() {
		return this.username;
	}

	@Override
	public final String password() {
		return this.password;
	}

	@Override
	public final synchronized DataSource dataSource() {
		HikariDataSource pool = this.defaultPool;
		if (pool == null) {
			pool = pool(DEFAULT_POOL_SIZE);
			this.defaultPool = pool;
		}
		return pool;
	}

	/**
	 * To be called when the server went, before anybody is given one of its connections.
	 */
	final synchronized void forgetConnections() {
		this.pools.forEach((pool) -> pool.getHikariPoolMXBean().softEvictConnections());
	}

	@Override
	public final synchronized HikariDataSource pool(int size) {
		if (this.closed) {
			throw new IllegalStateException(jdbcUrl() + " is closed");
		}
		HikariConfig config = new HikariConfig();
		config.setPoolName(getClass().getSimpleName() + "-" + (this.pools.size() + 1));
		config.setJdbcUrl(jdbcUrl());
		config.setUsername(this.username);
		config.setPassword(this.password);
		config.setMaximumPoolSize(size);
		config.setMinimumIdle(0);
		HikariDataSource pool = new HikariDataSource(config);
		this.pools.push(pool);
		return pool;
	}

	@Override
	public final DataSource unpooled() {
		return new DriverManagerDataSource(jdbcUrl(), this.username, this.password);
	}

	@Override
	public final synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.pools.forEach(HikariDataSource::close);
		remove();
		AtExit.forget(this);
	}

	/**
	 * Removes the database itself; its pools are closed.
	 */
	abstract void remove();

}
