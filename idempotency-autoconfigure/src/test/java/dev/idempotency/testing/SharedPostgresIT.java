// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedPostgresIT {

	private static final String DATABASES = "select datname from pg_database";

	private final ServerAddress nobody = new ServerAddress("127.0.0.1", Ports.free(), "postgres", "");

	@Test
	void eachCallerGetsAnEmptyDatabaseOfItsOwn() {
		try (SharedPostgres first = SharedPostgres.open(); SharedPostgres second = SharedPostgres.open()) {
			new JdbcTemplate(first.dataSource()).execute("create table mine (id int)");
			JdbcTemplate other = new JdbcTemplate(second.dataSource());
			assertThat(other.queryForObject("select to_regclass('mine')::text", String.class)).isNull();
		}
	}

	@Test
	void databaseIsDroppedOnCloseEvenWithConnectionsOpen() throws Exception {
		try (SharedPostgres observer = SharedPostgres.open()) {
			JdbcTemplate databases = new JdbcTemplate(observer.dataSource());
			SharedPostgres closed = SharedPostgres.open();
			String name = closed.jdbcUrl().substring(closed.jdbcUrl().lastIndexOf('/') + 1);
			assertThat(databases.queryForList(DATABASES, String.class)).contains(name);
			try (Connection abandoned = closed.unpooled().getConnection()) {
				closed.close();
				assertThat(abandoned.isValid(1)).isFalse();
			}
			assertThat(databases.queryForList(DATABASES, String.class)).doesNotContain(name);
		}
	}

	@Test
	void databaseLeftOpenIsDroppedWhenTheJvmEnds() {
		try (SharedPostgres observer = SharedPostgres.open();
				ChildProcess child = JavaProcess.of(Forgetful.class).start()) {
			String url = child.waitForLine("jdbc:", Duration.ofSeconds(30));
			assertThat(child.waitForExit(Duration.ofSeconds(30))).isZero();
			assertThat(new JdbcTemplate(observer.dataSource()).queryForList(DATABASES, String.class))
				.doesNotContain(url.substring(url.lastIndexOf('/') + 1));
		}
	}

	@Test
	void serverOfOurOwnTakesThePlaceOfAMissingOne() {
		try (SharedPostgres first = SharedPostgres.open(this.nobody, new MissingServer(false));
				SharedPostgres second = SharedPostgres.open(this.nobody, new MissingServer(false))) {
			assertThat(first.server()).isEqualTo(second.server()).isNotEqualTo(this.nobody);
			assertThat(first.jdbcUrl()).isNotEqualTo(second.jdbcUrl());
			assertThat(new JdbcTemplate(first.dataSource()).queryForObject("show server_encoding", String.class))
				.isEqualTo("UTF8");
		}
	}

	@Test
	void missingServerIsAFailureInContinuousIntegration() {
		assertThatIllegalStateException().isThrownBy(() -> SharedPostgres.open(this.nobody, new MissingServer(true)))
			.withMessageContaining("No PostgreSQL for tests at postgres@127.0.0.1:" + this.nobody.port())
			.withMessageContaining("idempotency.test.postgres.host")
			.withMessageContaining("CI=true");
	}

	static final class Forgetful {

		public static void main(String[] arguments) {
			SharedPostgres left = SharedPostgres.open();
			new JdbcTemplate(left.dataSource()).execute("create table left_behind (id int)");
			System.out.println(left.jdbcUrl());
		}

	}

}
