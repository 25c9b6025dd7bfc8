// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutboxLogSupportIT extends AbstractLogFixture {

	private static final List<String> GRANTS = List.of("INSERT, SELECT, TRUNCATE ON idempotency_outbox_log",
			"SELECT, TRUNCATE ON idempotency_outbox_log_0, idempotency_outbox_log_1, idempotency_outbox_log_2",
			"SELECT, INSERT, UPDATE, DELETE ON idempotency_outbox_cursor",
			"USAGE ON SEQUENCE idempotency_outbox_id_seq", "SELECT, UPDATE ON SEQUENCE idempotency_outbox_segment",
			"SELECT ON idempotency_outbox_number", "INSERT ON idempotency_outbox_number",
			"UPDATE ON idempotency_outbox_number", "DELETE ON idempotency_outbox_number",
			"SELECT ON idempotency_outbox_route", "INSERT ON idempotency_outbox_route");

	private String user;

	@BeforeEach
	void create() {
		this.user = "u" + Long.toUnsignedString(System.nanoTime(), 36);
		this.database.jdbc().execute("CREATE ROLE " + this.user + " LOGIN PASSWORD 'secret'");
		this.database.jdbc().execute("GRANT ALL ON idempotency_meta, idempotency_lane TO " + this.user);
	}

	@AfterEach
	void drop() {
		this.database.jdbc().execute("DROP OWNED BY " + this.user);
		this.database.jdbc().execute("DROP ROLE " + this.user);
	}

	@Test
	void withoutOneOfThePrivilegesThereIsNoLog() {
		GRANTS.forEach((grant) -> this.database.jdbc().execute("GRANT " + grant + " TO " + this.user));
		assertThat(available()).isTrue();
		for (String missing : GRANTS) {
			this.database.jdbc().execute("REVOKE " + missing + " FROM " + this.user);
			assertThat(available()).as(missing).isFalse();
			this.database.jdbc().execute("GRANT " + missing + " TO " + this.user);
		}
	}

	private boolean available() {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setDataSource(
					new org.springframework.jdbc.datasource.DriverManagerDataSource(url(), this.user, "secret"));
			pool.setMaximumPoolSize(1);
			return OutboxLogSupport.of(pool, Dialect.POSTGRESQL).available();
		}
	}

	private String url() {
		return ((HikariDataSource) this.database.dataSource()).getJdbcUrl();
	}

	@Test
	void withoutItsTablesThereIsNoLog() {
		this.database.jdbc().execute("ALTER TABLE idempotency_outbox_cursor RENAME TO away");
		try {
			assertThat(OutboxLogSupport.of(this.database.dataSource(), Dialect.POSTGRESQL).available()).isFalse();
		}
		finally {
			this.database.jdbc().execute("ALTER TABLE away RENAME TO idempotency_outbox_cursor");
		}
	}

	@Test
	void otherDatabasesHaveNone() {
		assertThat(OutboxLogSupport.of(this.database.dataSource(), Dialect.MARIADB).available()).isFalse();
	}

}
