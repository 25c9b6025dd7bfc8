// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.sql.Connection;
import java.sql.SQLException;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FaultyDataSourceTests {

	private static final String INSERT = "insert into orders values (1)";

	@AutoClose
	private final MemoryH2 database = MemoryH2.open();

	private final FaultyDataSource faulty = new FaultyDataSource(this.database.dataSource());

	private final JdbcTemplate jdbc = new JdbcTemplate(this.faulty);

	private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.faulty));

	@BeforeEach
	void createTable() {
		this.jdbc.execute("create table orders (id int)");
		this.faulty.reset();
	}

	@Test
	void journalTellsWhatHappenedInWhichOrder() {
		insertInTransaction();
		this.faulty.record("ack");
		assertThat(this.faulty.journal()).containsExactly("connect", "begin", "statement: " + INSERT, "commit", "close",
				"ack");
		assertThat(this.faulty.count(JdbcEvent.Kind.STATEMENT)).isEqualTo(1);
	}

	@Test
	void lostRequestCommitsNothing() {
		this.faulty.before(JdbcEvent.commit(1), JdbcFault.connectionLost());
		assertThatException().isThrownBy(this::insertInTransaction).havingRootCause().isInstanceOf(SQLException.class);
		assertThat(this.faulty.journal()).contains("commit failed: 08006").doesNotContain("commit");
		assertThat(orders()).isZero();
	}

	@Test
	void lostReplyHidesACommit() {
		this.faulty.after(JdbcEvent.commit(1), JdbcFault.connectionLost());
		assertThatException().isThrownBy(this::insertInTransaction).havingRootCause().isInstanceOf(SQLException.class);
		assertThat(this.faulty.journal()).containsSubsequence("commit", "commit failed: 08006");
		assertThat(orders()).isEqualTo(1);
	}

	@Test
	void statementFailsWithItsSqlStateAsOftenAsToldAndTheConnectionLives() {
		this.faulty.before(JdbcEvent.statement("INTO orders"), JdbcFault.sqlState("40001").times(2));
		for (int attempt = 0; attempt < 2; attempt++) {
			assertThatExceptionOfType(CannotAcquireLockException.class).isThrownBy(this::insertInTransaction);
		}
		insertInTransaction();
		assertThat(orders()).isEqualTo(1);
	}

	@Test
	void onlyTheStatementWithTheOrdinalFails() {
		this.faulty.before(JdbcEvent.statement(2), JdbcFault.sqlState("40001"));
		this.jdbc.update(INSERT);
		assertThatException().isThrownBy(() -> this.jdbc.update("insert into orders values (?)", 2));
		this.jdbc.update(INSERT);
		assertThat(orders()).isEqualTo(2);
	}

	@Test
	void databaseIsUnreachableUntilHealed() {
		this.faulty.before(JdbcEvent.connect(), JdbcFault.connectionLost());
		assertThatExceptionOfType(CannotGetJdbcConnectionException.class).isThrownBy(this::orders);
		this.faulty.heal();
		assertThat(orders()).isZero();
	}

	@Test
	void lostConnectionCanOnlyBeClosed() throws SQLException {
		this.faulty.before(JdbcEvent.statement(1), JdbcFault.connectionLost());
		try (Connection connection = this.faulty.getConnection()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> connection.createStatement().execute(INSERT));
			assertThat(connection.isValid(1)).isFalse();
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit)
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("08003"));
		}
		assertThat(this.faulty.journal()).endsWith("close");
	}

	@Test
	void lostConnectionLetsGoOfItsLocksBeforeItIsClosed() throws SQLException {
		this.jdbc.execute("alter table orders add constraint once unique (id)");
		this.faulty.before(JdbcEvent.commit(), JdbcFault.connectionLost());
		try (Connection lost = this.faulty.getConnection()) {
			lost.setAutoCommit(false);
			lost.createStatement().execute(INSERT);
			assertThatExceptionOfType(SQLException.class).isThrownBy(lost::commit);
			this.jdbc.update(INSERT);
		}
		assertThat(orders()).isEqualTo(1);
	}

	private void insertInTransaction() {
		this.transaction.executeWithoutResult((status) -> this.jdbc.update(INSERT));
	}

	private int orders() {
		Integer count = this.jdbc.queryForObject("select count(*) from orders", Integer.class);
		return (count != null) ? count : 0;
	}

}
