// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.relay.Lease;
import dev.idempotency.testing.PrivatePostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many writers, and three ways of reading what they write at the same time: the log's
 * snapshots and two ways that are known to be wrong. A race that finds nothing wrong with
 * those proves nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RaceIT {

	private static final Duration DURATION = Duration.ofSeconds(6);

	private MigratedDatabase database;

	private RaceWriters writers;

	private SnapshotObserver snapshots;

	private RaceObserver idCursor;

	private RaceObserver xminGate;

	private final HashedPartitions partitions = new HashedPartitions(2);

	private int passedTheGate;

	@BeforeAll
	void race() throws Exception {
		PrivatePostgres server = PrivatePostgres.started("max_prepared_transactions=50", "fsync=off");
		this.database = new MigratedDatabase(server);
		this.writers = new RaceWriters(this.database);
		JdbcLaneStore lanes = new JdbcLaneStore(this.database.dataSource(), this.database.dialect());
		List<Lease> leases = lanes.acquire("one", IntStream.range(0, Lanes.COUNT).boxed().toList(),
				Duration.ofMinutes(10));
		this.snapshots = new SnapshotObserver(new PostgresOutboxLog(new OwnTransactions(this.database.dataSource()),
				"one", Duration.ofHours(1), this.partitions, System::nanoTime, 100), leases);
		this.idCursor = RaceObserver.idCursor(this.database.jdbc());
		this.xminGate = RaceObserver.xminGate(this.database.jdbc());
		try (Connection elsewhere = elsewhere(server)) {
			this.writers.start(DURATION);
			while (this.writers.running()) {
				observe();
				this.partitions.count = (this.partitions.count % 5) + 1;
			}
			this.passedTheGate = this.xminGate.seen().size();
			elsewhere.rollback();
			elsewhere.setAutoCommit(true);
			try (Statement statement = elsewhere.createStatement()) {
				statement.execute("ROLLBACK PREPARED 'elsewhere'");
			}
		}
		this.writers.commitPrepared();
		do {
			observe();
		}
		while (this.snapshots.moved());
	}

	private void observe() {
		this.snapshots.observe();
		this.idCursor.observe();
		this.xminGate.observe();
	}

	/**
	 * Transactions of another database of the same server: one that has written, and one
	 * that is prepared.
	 */
	private Connection elsewhere(PrivatePostgres server) throws SQLException {
		this.database.jdbc().execute("CREATE DATABASE elsewhere");
		Connection connection = DriverManager.getConnection(server.jdbcUrl().replaceAll("/[^/]*$", "/elsewhere"),
				server.username(), server.password());
		try (Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE t (id integer)");
			statement.execute("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'elsewhere'");
			connection.setAutoCommit(false);
			statement.execute("INSERT INTO t VALUES (2)");
		}
		return connection;
	}

	@AfterAll
	void close() {
		if (this.database != null) {
			this.database.close();
		}
	}

	@Test
	void theRaceWasOne() {
		assertThat(this.writers.committed()).hasSizeGreaterThan(500);
		assertThat(this.writers.rolledBack()).isPositive();
		assertThat(this.writers.prepared()).isPositive();
		assertThat(this.snapshots.repeats()).isPositive();
	}

	@Test
	void snapshotsLoseNothing() {
		assertThat(this.snapshots.seen().lost(this.writers.committed())).isEmpty();
	}

	@Test
	void snapshotsRepeatNothingOfThemselves() {
		assertThat(this.snapshots.seen().duplicated()).isEmpty();
	}

	@Test
	void snapshotsKeepTheOrderOfEachKey() {
		assertThat(this.snapshots.seen().inverted()).isEmpty();
	}

	@Test
	void afterAKillTheSamePageComesAgain() {
		assertThat(this.snapshots.differentRepeats()).isEmpty();
	}

	@Test
	void aNumberIsAlwaysTheSameMessageAndNoneIsLeftOut() {
		assertThat(this.snapshots.numbers().wrong()).isEmpty();
		assertThat(this.snapshots.numbers().repeats()).isGreaterThanOrEqualTo(this.snapshots.repeats());
		assertThat(this.snapshots.numbers().last().values().stream().mapToLong(Long::longValue).sum())
			.isEqualTo(this.writers.committed().size());
	}

	@Test
	void aCursorOnTheIdLoses() {
		assertThat(this.idCursor.seen().lost(this.writers.committed())).isNotEmpty();
	}

	@Test
	void aGateAtTheOldestTransactionStallsAndInverts() {
		assertThat(this.passedTheGate).isZero();
		assertThat(this.xminGate.seen().lost(this.writers.committed())).isEmpty();
		assertThat(this.xminGate.seen().inverted()).isNotEmpty();
	}

}
