// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two processes that want the same effect in their database at the same time.
 */
abstract class AbstractLocalProcesses {

	private static final Duration LONG = Duration.ofSeconds(90);

	private final TestDatabase database;

	private final JdbcTemplate jdbc;

	AbstractLocalProcesses(TestDatabase database) {
		this.database = database;
		this.jdbc = new JdbcTemplate(database.dataSource());
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	@Test
	void manyThreadsOfTwoProcessesHaveOneEffectAndAllGetTheSame() {
		this.jdbc.execute("CREATE TABLE booking (caller varchar(100))");
		JavaProcess process = JavaProcess.of(LocalNode.class)
			.argument("--spring.datasource.url=" + this.database.jdbcUrl(),
					"--spring.datasource.username=" + this.database.username(),
					"--spring.datasource.password=" + this.database.password(),
					"--spring.datasource.hikari.maximum-pool-size=12",
					"--spring.datasource.hikari.connection-timeout=60000", "--idempotency.inbox.wait-for=30s",
					"--spring.flyway.enabled=false", "--idempotency.outbox.relay.enabled=false", "64");
		try (ChildProcess one = process.start(); ChildProcess other = process.start()) {
			one.waitForLine("^END", LONG);
			other.waitForLine("^END", LONG);
			List<String> got = new ArrayList<>(answers(one));
			got.addAll(answers(other));
			String booked = this.jdbc.queryForObject("SELECT caller FROM booking", String.class);
			assertThat(got).hasSize(128).containsOnly("GOT " + booked);
		}
	}

	private static List<String> answers(ChildProcess node) {
		return node.lines().stream().filter((line) -> line.matches("(GOT|FAILED) .*")).toList();
	}

}
