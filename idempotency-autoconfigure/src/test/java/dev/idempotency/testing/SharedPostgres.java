// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An empty database on the machine's PostgreSQL server, dropped on close.
 * <p>
 * The server is looked for at {@code 127.0.0.1:5432} (user {@code postgres}, no
 * password), or where {@code idempotency.test.postgres.host}, {@code .port},
 * {@code .username} and {@code .password} say. Without one an embedded PostgreSQL takes
 * its place, which the log says; with {@code CI=true} that is a failure.
 */
public final class SharedPostgres extends PooledDatabase {

	private final ServerAddress server;

	private final String name;

	private SharedPostgres(ServerAddress server, String name) {
		super(server.username(), server.password());
		this.server = server;
		this.name = name;
	}

	public static SharedPostgres open() {
		return open(ServerAddress.configured("postgres", 5432, "postgres", ""), MissingServer.policy());
	}

	static SharedPostgres open(ServerAddress server, MissingServer policy) {
		try {
			return create(server);
		}
		catch (SQLException ex) {
			policy.substituted("No PostgreSQL for tests at " + server + "; " + server.how("postgres"),
					"a PostgreSQL server started by this JVM", ex);
		}
		try {
			return create(Embedded.SERVER.address());
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot create a database on the embedded PostgreSQL", ex);
		}
	}

	private static SharedPostgres create(ServerAddress server) throws SQLException {
		SharedPostgres database = new SharedPostgres(server, UniqueName.of("db"));
		execute(server, "create database " + database.name + " template template0 encoding 'UTF8'");
		AtExit.close(database);
		return database;
	}

	@Override
	public String jdbcUrl() {
		return jdbcUrl(this.server, this.name);
	}

	ServerAddress server() {
		return this.server;
	}

	@Override
	void remove() {
		try {
			execute(this.server, "drop database if exists " + this.name + " with (force)");
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot drop the database " + this.name + " at " + this.server, ex);
		}
	}

	private static String jdbcUrl(ServerAddress server, String database) {
		return "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + database;
	}

	private static void execute(ServerAddress server, String sql) throws SQLException {
		String url = jdbcUrl(server, "postgres") + "?connectTimeout=2";
		try (Connection connection = DriverManager.getConnection(url, server.username(), server.password());
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static final class Embedded {

		static final PrivatePostgres SERVER = PrivatePostgres.started("fsync=off");

	}

}
