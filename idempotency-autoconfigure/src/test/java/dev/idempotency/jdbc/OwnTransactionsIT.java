// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OwnTransactionsIT {

	private static final Duration BOUND = Duration.ofMillis(500);

	static Stream<Supplier<TestDatabase>> databases() {
		return Stream.of(SharedPostgres::open, SharedMariaDb::open);
	}

	@ParameterizedTest
	@MethodSource("databases")
	void theWaitForTheDatabaseIsBoundedAndTheConnectionGivenBackAsItWas(Supplier<TestDatabase> databases)
			throws SQLException {
		try (TestDatabase database = databases.get(); Connection connection = database.unpooled().getConnection()) {
			OwnTransactions transactions = new OwnTransactions(new SingleConnectionDataSource(connection, true), BOUND);
			assertThat(transactions.each(OwnTransactionsIT::bound)).isEqualTo(500);
			assertThat(connection.getNetworkTimeout()).isZero();
			assertThat(transactions.together(OwnTransactionsIT::bound)).isEqualTo(500);
			assertThat(connection.getNetworkTimeout()).isZero();
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> transactions.each((jdbc) -> jdbc.queryForList("no statement")));
			assertThat(connection.getNetworkTimeout()).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource("databases")
	void aChangeThatLostADeadlockIsRepeatedButNotForEver(Supplier<TestDatabase> databases) {
		try (TestDatabase database = databases.get()) {
			OwnTransactions transactions = new OwnTransactions(database.dataSource());
			AtomicInteger attempts = new AtomicInteger();
			int result = transactions.change((jdbc) -> lost(attempts, 3));
			assertThat(result).isEqualTo(3);
			attempts.set(0);
			assertThatExceptionOfType(CannotAcquireLockException.class)
				.isThrownBy(() -> transactions.change((jdbc) -> lost(attempts, Integer.MAX_VALUE)));
			assertThat(attempts).hasValue(10);
		}
	}

	@ParameterizedTest
	@MethodSource("databases")
	void aChangeThatWaitedTooLongIsNotRepeated(Supplier<TestDatabase> databases) {
		try (TestDatabase database = databases.get()) {
			AtomicInteger attempts = new AtomicInteger();
			assertThatExceptionOfType(CannotAcquireLockException.class)
				.isThrownBy(() -> new OwnTransactions(database.dataSource()).change((jdbc) -> {
					attempts.incrementAndGet();
					throw new CannotAcquireLockException("late", new SQLException("Lock wait timeout", "HY000", 1205));
				}));
			assertThat(attempts).hasValue(1);
		}
	}

	private static int lost(AtomicInteger attempts, int times) {
		if (attempts.incrementAndGet() < times) {
			throw new CannotAcquireLockException("lost", new SQLException("Deadlock found", "40001", 1213));
		}
		return attempts.get();
	}

	@ParameterizedTest
	@MethodSource("databases")
	void theApplicationsOwnBoundCounts(Supplier<TestDatabase> databases) throws SQLException {
		try (TestDatabase database = databases.get(); Connection connection = database.unpooled().getConnection()) {
			connection.setNetworkTimeout(Runnable::run, 7000);
			OwnTransactions transactions = new OwnTransactions(new SingleConnectionDataSource(connection, true), BOUND);
			assertThat(transactions.each(OwnTransactionsIT::bound)).isEqualTo(7000);
			assertThat(connection.getNetworkTimeout()).isEqualTo(7000);
		}
	}

	private static int bound(JdbcOperations jdbc) {
		return jdbc.execute((ConnectionCallback<Integer>) Connection::getNetworkTimeout);
	}

}
