// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedMariaDbIT {

	private final ServerAddress nobody = new ServerAddress("127.0.0.1", Ports.free(), "root", "");

	@Test
	void eachCallerGetsAnEmptyDatabaseOfItsOwn() {
		try (SharedMariaDb first = SharedMariaDb.open(); SharedMariaDb second = SharedMariaDb.open()) {
			new JdbcTemplate(first.dataSource()).execute("create table mine (id int)");
			assertThat(new JdbcTemplate(second.dataSource()).queryForList("show tables")).isEmpty();
		}
	}

	@Test
	void databaseIsDroppedOnClose() {
		try (SharedMariaDb observer = SharedMariaDb.open()) {
			JdbcTemplate databases = new JdbcTemplate(observer.dataSource());
			SharedMariaDb closed = SharedMariaDb.open();
			String name = closed.jdbcUrl().substring(closed.jdbcUrl().lastIndexOf('/') + 1);
			assertThat(databases.queryForList("show databases", String.class)).contains(name);
			closed.close();
			assertThat(databases.queryForList("show databases", String.class)).doesNotContain(name);
		}
	}

	@Test
	void testIsSkippedWithoutAServer() {
		assertThatExceptionOfType(TestAbortedException.class)
			.isThrownBy(() -> SharedMariaDb.open(this.nobody, new MissingServer(false)))
			.withMessageContaining("No MariaDB for tests at root@127.0.0.1:" + this.nobody.port());
	}

	@Test
	void missingServerIsAFailureInContinuousIntegration() {
		assertThatIllegalStateException().isThrownBy(() -> SharedMariaDb.open(this.nobody, new MissingServer(true)))
			.withMessageContaining("idempotency.test.mariadb.host")
			.withMessageContaining("CI=true");
	}

}
