// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.idempotency.testing.SharedPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PostgresNotificationsIT {

	private final SharedPostgres database = SharedPostgres.open();

	private final AtomicInteger first = new AtomicInteger();

	private final AtomicInteger second = new AtomicInteger();

	private final PostgresNotifications firstNode = node("first", this.first);

	private final PostgresNotifications secondNode = node("second", this.second);

	@AfterEach
	void close() {
		this.firstNode.close();
		this.secondNode.close();
		this.database.close();
	}

	@Test
	void commitWakesTheOtherNodeAndNotItself() {
		start();
		this.firstNode.committed();
		await().untilAsserted(() -> assertThat(this.second).hasValue(2));
		assertThat(this.first).hasValue(1);
	}

	@Test
	void manyCommitsBecomeFewNotifications() throws SQLException {
		start();
		try (Connection connection = this.database.dataSource().getConnection();
				var statement = connection.createStatement()) {
			statement.execute("LISTEN idempotency_outbox");
			for (int i = 0; i < 10_000; i++) {
				this.firstNode.committed();
			}
			await().untilAsserted(() -> assertThat(this.second).hasValueGreaterThan(1));
			int notified = connection.unwrap(PGConnection.class).getNotifications(1000).length;
			assertThat(notified).isBetween(1, 100);
		}
	}

	@Test
	void listenerComesBackAfterItsConnectionWasCut() throws SQLException {
		start();
		execute(this.database.dataSource(),
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
						+ " AND pid <> pg_backend_pid()");
		await().untilAsserted(() -> assertThat(this.second).hasValueGreaterThan(1));
		int before = this.second.get();
		await().untilAsserted(() -> {
			this.firstNode.committed();
			assertThat(this.second).hasValueGreaterThan(before);
		});
	}

	private void start() {
		this.firstNode.start();
		this.secondNode.start();
		await().untilAsserted(() -> assertThat(this.first).hasValue(1));
		await().untilAsserted(() -> assertThat(this.second).hasValue(1));
	}

	private PostgresNotifications node(String name, AtomicInteger woken) {
		return new PostgresNotifications(this.database.dataSource(), name, woken::incrementAndGet,
				Duration.ofMillis(10), (task) -> new Thread(task, "notify-" + name), System::nanoTime);
	}

	private static void execute(DataSource dataSource, String sql) throws SQLException {
		try (Connection connection = dataSource.getConnection(); var statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
