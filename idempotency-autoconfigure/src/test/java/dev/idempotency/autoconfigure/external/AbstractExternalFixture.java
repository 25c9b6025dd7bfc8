// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.SchemaMigration;
import dev.idempotency.jdbc.SchemaMode;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Processes that charge at one provider, with one database.
 */
abstract class AbstractExternalFixture {

	static final Duration LONG = Duration.ofSeconds(60);

	final ChargingProvider provider = new ChargingProvider();

	final TestDatabase database;

	final DataSource dataSource;

	final JdbcTemplate jdbc;

	private final List<ChildProcess> nodes = new ArrayList<>();

	AbstractExternalFixture(TestDatabase database) {
		this.database = database;
		this.dataSource = database.dataSource();
		new SchemaMigration(this.dataSource, Dialect.of(this.dataSource), SchemaMode.MIGRATE).run();
		this.jdbc = new JdbcTemplate(this.dataSource);
	}

	@AfterEach
	void close() {
		this.nodes.forEach(ChildProcess::close);
		this.provider.close();
		this.database.close();
	}

	JavaProcess process(EffectContract contract, int threads) {
		return JavaProcess.of(ExternalNode.class)
			.systemProperty(ExternalNode.DATABASE, this.database.jdbcUrl())
			.systemProperty(ExternalNode.USER, this.database.username())
			.systemProperty(ExternalNode.PROVIDER, this.provider.uri())
			.systemProperty(ExternalNode.CONTRACT, contract)
			.systemProperty(ExternalNode.THREADS, threads);
	}

	ChildProcess start(JavaProcess process) {
		ChildProcess node = process.start();
		this.nodes.add(node);
		return node;
	}

	ChildProcess node(EffectContract contract, int threads) {
		return start(process(contract, threads));
	}

	/**
	 * Runs a process to its end.
	 */
	ChildProcess ended(JavaProcess process) {
		ChildProcess node = start(process);
		node.waitForLine("^END", LONG);
		return node;
	}

	void awaitRequests(int count) {
		Awaitility.await().atMost(LONG).until(() -> this.provider.keys().size() == count);
	}

	static List<String> lines(ChildProcess node, String prefix) {
		return node.lines().stream().filter((line) -> line.startsWith(prefix)).toList();
	}

	String status() {
		return this.jdbc.queryForObject("SELECT status FROM idempotency_claim", String.class);
	}

	Map<String, Object> row() {
		return this.jdbc.queryForMap("SELECT status, fence, attempts, reached, owner, provider_key, claimed_at, "
				+ "changed_at, due_at, window_until FROM idempotency_claim");
	}

}
