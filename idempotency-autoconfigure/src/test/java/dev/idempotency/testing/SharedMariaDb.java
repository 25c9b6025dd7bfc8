// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An empty database on the machine's MariaDB server, dropped on close.
 * <p>
 * The server is looked for at {@code 127.0.0.1:3306} (user {@code root}, no password), or
 * where {@code idempotency.test.mariadb.host}, {@code .port}, {@code .username} and
 * {@code .password} say. Without one the running test is skipped and says why; with
 * {@code CI=true} it fails.
 */
public final class SharedMariaDb extends PooledDatabase {

	private final ServerAddress server;

	private final String name;

	private SharedMariaDb(ServerAddress server, String name) {
		super(server.username(), server.password());
		this.server = server;
		this.name = name;
	}

	public static SharedMariaDb open() {
		return open(ServerAddress.configured("mariadb", 3306, "root", ""), MissingServer.policy());
	}

	static SharedMariaDb open(ServerAddress server, MissingServer policy) {
		SharedMariaDb database = new SharedMariaDb(server, UniqueName.of("db"));
		try {
			execute(server, "create database " + database.name + " character set utf8mb4");
		}
		catch (SQLException ex) {
			throw policy.skipped("No MariaDB for tests at " + server + "; " + server.how("mariadb"), ex);
		}
		AtExit.close(database);
		return database;
	}

	@Override
	public String jdbcUrl() {
		return jdbcUrl(this.server, this.name);
	}

	@Override
	void remove() {
		try {
			execute(this.server, "drop database if exists " + this.name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot drop the database " + this.name + " at " + this.server, ex);
		}
	}

	private static String jdbcUrl(ServerAddress server, String database) {
		return "jdbc:mariadb://" + server.host() + ":" + server.port() + "/" + database;
	}

	private static void execute(ServerAddress server, String sql) throws SQLException {
		String url = jdbcUrl(server, "") + "?connectTimeout=2000";
		try (Connection connection = DriverManager.getConnection(url, server.username(), server.password());
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
