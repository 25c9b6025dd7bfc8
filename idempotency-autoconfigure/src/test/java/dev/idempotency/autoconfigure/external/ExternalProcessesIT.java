// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.SchemaMigration;
import dev.idempotency.jdbc.SchemaMode;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes that are killed and paused while they charge.
 */
class ExternalProcessesIT {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final ChargingProvider provider = new ChargingProvider();

	private final List<ChildProcess> nodes = new ArrayList<>();

	private TestDatabase database;

	private JdbcTemplate jdbc;

	@BeforeEach
	void open() {
		this.database = SharedPostgres.open();
		DataSource dataSource = this.database.dataSource();
		new SchemaMigration(dataSource, Dialect.of(dataSource), SchemaMode.MIGRATE).run();
		this.jdbc = new JdbcTemplate(dataSource);
	}

	@AfterEach
	void close() {
		this.nodes.forEach(ChildProcess::close);
		this.provider.close();
		this.database.close();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
	void manyThreadsOfTwoProcessesCallOnceAndAllGetTheSame(EffectContract contract) {
		ChildProcess one = node(contract, 64);
		ChildProcess other = node(contract, 64);
		one.waitForLine("^END", LONG);
		other.waitForLine("^END", LONG);
		List<String> got = new ArrayList<>(lines(one, "GOT"));
		got.addAll(lines(other, "GOT"));
		assertThat(got).hasSize(128)
			.containsOnlyOnce("GOT now charge-0-42")
			.containsOnly("GOT now charge-0-42", "GOT again charge-0-42");
		assertThat(this.provider.keys()).hasSize(1);
	}

	@Test
	void killedInTheCallWithoutAKeyLeavesDoubtAndNobodyCallsAgain() {
		this.provider.answer(ChargingProvider.Answer.NEVER);
		ChildProcess dead = node(EffectContract.EXTERNAL_AT_MOST_ONCE, 1);
		Awaitility.await().atMost(LONG).until(() -> this.provider.charges() == 1);
		dead.kill9();
		ChildProcess next = node(EffectContract.EXTERNAL_AT_MOST_ONCE, 2);
		next.waitForLine("^END", LONG);
		assertThat(lines(next, "FAILED")).hasSize(2).containsOnly("FAILED EffectInDoubtException");
		assertThat(lines(next, "EVENT InDoubt")).hasSize(1);
		assertThat(this.provider.keys()).hasSize(1);
		assertThat(status()).isEqualTo("IN_DOUBT");
	}

	@Test
	void killedInTheCallWithAKeyIsRepeatedUnderTheSameKeyAndChargesOnce() {
		this.provider.answer(ChargingProvider.Answer.NEVER);
		ChildProcess dead = node(EffectContract.EXTERNAL_WITH_KEY, 1);
		Awaitility.await().atMost(LONG).until(() -> this.provider.charges() == 1);
		dead.kill9();
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		ChildProcess next = node(EffectContract.EXTERNAL_WITH_KEY, 1);
		next.waitForLine("^GOT now charge-0-42", LONG);
		assertThat(this.provider.keys()).hasSize(2).allMatch(this.provider.keys().get(0)::equals);
		assertThat(this.provider.charges()).isOne();
		assertThat(status()).isEqualTo("COMPLETED");
	}

	@Test
	void whoSleptThroughItsLeaseChangesNothingWhenItWakesUp() {
		this.provider.answer(ChargingProvider.Answer.NEVER);
		ChildProcess sleeper = node(EffectContract.EXTERNAL_WITH_KEY, 1);
		Awaitility.await().atMost(LONG).until(() -> this.provider.charges() == 1);
		sleeper.pause();
		this.provider.answer(ChargingProvider.Answer.AT_ONCE);
		ChildProcess next = node(EffectContract.EXTERNAL_WITH_KEY, 1);
		next.waitForLine("^GOT now charge-0-42", LONG);
		List<String> before = row();
		this.provider.close();
		sleeper.resume();
		sleeper.waitForLine("^EVENT StaleCompletion", LONG);
		sleeper.waitForLine("^END", LONG);
		assertThat(lines(sleeper, "EVENT")).containsExactly("EVENT Claimed", "EVENT StaleCompletion");
		assertThat(row()).isEqualTo(before);
		assertThat(status()).isEqualTo("COMPLETED");
	}

	@Test
	void aCallThatTakesLongerThanItsLeaseIsKeptAlive() {
		this.provider.answer(ChargingProvider.Answer.NEVER);
		ChildProcess owner = node(EffectContract.EXTERNAL_AT_MOST_ONCE, 1);
		Awaitility.await().atMost(LONG).until(() -> this.provider.charges() == 1);
		Awaitility.await()
			.during(ExternalNode.LEASE.multipliedBy(2))
			.atMost(LONG)
			.until(() -> status().equals("CLAIMED"));
		assertThat(owner.isAlive()).isTrue();
	}

	private ChildProcess node(EffectContract contract, int threads) {
		ChildProcess node = JavaProcess.of(ExternalNode.class)
			.argument(this.database.jdbcUrl(), this.database.username(), this.provider.uri().toString(),
					contract.name(), Integer.toString(threads))
			.start();
		this.nodes.add(node);
		return node;
	}

	private static List<String> lines(ChildProcess node, String prefix) {
		return node.lines().stream().filter((line) -> line.startsWith(prefix)).toList();
	}

	private String status() {
		return this.jdbc.queryForObject("SELECT status FROM idempotency_claim", String.class);
	}

	private List<String> row() {
		return this.jdbc.queryForList("SELECT CAST(idempotency_claim AS text) FROM idempotency_claim", String.class);
	}

}
