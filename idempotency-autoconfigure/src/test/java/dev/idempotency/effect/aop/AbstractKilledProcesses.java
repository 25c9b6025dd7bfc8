// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes that are killed (SIGKILL) around the commit of an effect.
 */
abstract class AbstractKilledProcesses {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final List<ChildProcess> nodes = new ArrayList<>();

	private final TestDatabase database = open();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database.dataSource());

	abstract TestDatabase open();

	@BeforeEach
	void migrate() {
		EffectApplication.start(this.database, SqlStore.class).close();
	}

	@AfterEach
	void close() {
		this.nodes.forEach(ChildProcess::close);
		this.database.close();
	}

	@Test
	void killedBeforeTheCommitItLeftNothingAndTheNextOneRuns() {
		ChildProcess dead = node(StandingNode.Halt.BEFORE_COMMIT);
		dead.waitForLine("^STANDING", LONG);
		dead.kill9();
		assertThat(rows("ledger")).isZero();
		assertThat(rows("idempotency_inbox")).isZero();
		ChildProcess next = node(StandingNode.Halt.NEVER);
		assertThat(next.waitForLine("^GOT", LONG)).isEqualTo("GOT order of " + next.pid());
		assertThat(rows("ledger")).isOne();
		assertThat(rows("idempotency_inbox")).isOne();
	}

	@Test
	void killedAfterTheCommitItIsAnsweredForByTheNextOne() {
		ChildProcess dead = node(StandingNode.Halt.AFTER_COMMIT);
		dead.waitForLine("^STANDING", LONG);
		dead.kill9();
		assertThat(lines(dead, "GOT")).isEmpty();
		ChildProcess next = node(StandingNode.Halt.NEVER);
		assertThat(next.waitForLine("^GOT", LONG)).isEqualTo("GOT order of " + dead.pid());
		assertThat(lines(next, "BODY")).isEmpty();
		assertThat(rows("ledger")).isOne();
	}

	private ChildProcess node(StandingNode.Halt halt) {
		ChildProcess node = JavaProcess.of(StandingNode.class)
			.argument(this.database.jdbcUrl(), this.database.username(), this.database.password(), halt.name())
			.start();
		this.nodes.add(node);
		return node;
	}

	private static List<String> lines(ChildProcess node, String prefix) {
		return node.lines().stream().filter((line) -> line.startsWith(prefix)).toList();
	}

	private int rows(String table) {
		return this.jdbc.queryForObject("select count(*) from " + table, Integer.class);
	}

}
