// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PrivatePostgresIT {

	@AutoClose
	private static final PrivatePostgres postgres = PrivatePostgres.started();

	private final JdbcTemplate jdbc = new JdbcTemplate(postgres.unpooled());

	@BeforeEach
	void emptyTable() {
		postgres.start();
		this.jdbc.execute("create table if not exists kept (id int)");
		this.jdbc.execute("truncate kept");
	}

	@Test
	void syncsToDisk() {
		assertThat(this.jdbc.queryForObject("show fsync", String.class)).isEqualTo("on");
		assertThat(this.jdbc.queryForObject("show synchronous_commit", String.class)).isEqualTo("on");
	}

	@Test
	void committedRowsSurviveKillAndRestartAndOpenTransactionsDoNot() throws SQLException {
		try (Connection open = postgres.unpooled().getConnection(); Statement statement = open.createStatement()) {
			this.jdbc.update("insert into kept values (1)");
			open.setAutoCommit(false);
			statement.executeUpdate("insert into kept values (2)");
			postgres.kill9();
			assertThat(postgres.isRunning()).isFalse();
			assertThatExceptionOfType(SQLException.class).isThrownBy(open::commit);
		}
		postgres.restart();
		assertThat(this.jdbc.queryForList("select id from kept", Integer.class)).containsExactly(1);
	}

	@Test
	void committedRowsSurviveAnImmediateStop() {
		this.jdbc.update("insert into kept values (1)");
		postgres.stopImmediately();
		assertThat(postgres.isRunning()).isFalse();
		postgres.start();
		assertThat(this.jdbc.queryForList("select id from kept", Integer.class)).containsExactly(1);
	}

	@Test
	void terminatedBackendsLoseTheirConnectionAndTheServerGoesOn() throws SQLException {
		try (Connection connection = postgres.unpooled().getConnection()) {
			assertThat(postgres.terminateBackends()).isEqualTo(1);
			assertThat(connection.isValid(1)).isFalse();
		}
		assertThat(this.jdbc.queryForObject("select 1", Integer.class)).isEqualTo(1);
	}

	@Test
	void pausedServerAnswersAfterItIsResumed() throws SQLException {
		try (Connection connection = postgres.unpooled().getConnection()) {
			postgres.pause();
			try {
				assertThat(connection.isValid(1)).isFalse();
			}
			finally {
				postgres.resume();
			}
			assertThat(this.jdbc.queryForObject("select 1", Integer.class)).isEqualTo(1);
		}
	}

	@Test
	void poolRecoversWhenTheServerIsBack() {
		JdbcTemplate pooled = new JdbcTemplate(postgres.dataSource());
		pooled.update("insert into kept values (1)");
		postgres.kill9();
		postgres.start();
		Awaitility.await()
			.ignoreExceptionsInstanceOf(DataAccessException.class)
			.until(() -> pooled.update("insert into kept values (2)"), (inserted) -> inserted == 1);
		assertThat(this.jdbc.queryForList("select id from kept order by id", Integer.class)).containsExactly(1, 2);
	}

	@Test
	void embeddedBinariesServeAsWell() {
		try (PrivatePostgres embedded = PrivatePostgres.started(PostgresBinaries.embedded(), "fsync=off")) {
			embedded.kill9();
			embedded.start();
			assertThat(new JdbcTemplate(embedded.unpooled()).queryForObject("show fsync", String.class))
				.isEqualTo("off");
		}
	}

}
