// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.sample.crash.Checker.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A checker that finds nothing proves nothing. So each guard is taken away once, and the
 * checker must find what it guards against; with the guard in place, the same events do
 * no harm.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutantsIT {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration LITTLE_PATIENCE = Duration.ofSeconds(15);

	private final Servers servers = new Servers();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.servers.postgres.dataSource());

	@AfterAll
	void close() {
		this.servers.close();
	}

	@BeforeAll
	void guardsHold() throws SQLException {
		assertThat(killAfterTheSendBeforeTheSettle("NONE")).matches(Verdict::clean);
		assertThat(killWhileCommitsFail("NONE")).matches(Verdict::clean);
		assertThat(stopTheOwnerWhileItsConfirmsAreDue("NONE")).matches(Verdict::clean);
	}

	@Test // I1
	void withoutTheInboxEffectsAreRepeated() throws SQLException {
		assertThat(killAfterTheSendBeforeTheSettle("NO_INBOX").repeated()).isPositive();
	}

	@Test // I5
	void acknowledgedBeforeTheCommitEffectsAreLost() {
		assertThat(killWhileCommitsFail("ACKNOWLEDGE_FIRST").lost()).isPositive();
	}

	@Test // I2
	void withANewIdPerSendEffectsAreRepeated() throws SQLException {
		assertThat(killAfterTheSendBeforeTheSettle("NEW_ID_PER_SEND").repeated()).isPositive();
	}

	@Test // I10
	void withoutTheFenceALateOwnerRemovesWhatIsNoLongerItsOwn() {
		assertThat(stopTheOwnerWhileItsConfirmsAreDue("NO_FENCE").changedByLateOwners()).isPositive();
	}

	/**
	 * The lanes are locked, so that the relay can send and cannot settle. The kill comes
	 * when the consumers have applied what it sent.
	 */
	private Verdict killAfterTheSendBeforeTheSettle(String mutant) throws SQLException {
		try (Shop shop = shop(mutant); Load load = started(shop)) {
			try (Connection connection = this.servers.postgres.dataSource().getConnection();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("select * from idempotency_lane for update");
				int before = reservations();
				await().atMost(PATIENCE).until(() -> reservations() > before);
				shop.process().kill9();
				connection.rollback();
			}
			shop.killAndRestart();
			return finish(shop, load, PATIENCE);
		}
	}

	/**
	 * Commits of the inventory fail while orders come in; the kill comes before any has
	 * succeeded.
	 */
	private Verdict killWhileCommitsFail(String mutant) {
		try (Shop shop = shop(mutant); Load load = started(shop)) {
			this.jdbc.execute("select setval('failing_commits', 1000)");
			shop.process().waitForLine("Flow inventory failed", PATIENCE);
			shop.killAndRestart();
			this.jdbc.execute("select setval('failing_commits', 0)");
			return finish(shop, load, mutant.equals("NONE") ? PATIENCE : LITTLE_PATIENCE);
		}
	}

	/**
	 * A node is stopped while Kafka owes it confirms; another takes its lanes and is
	 * stopped as well; then the first gets its confirms.
	 */
	private Verdict stopTheOwnerWhileItsConfirmsAreDue(String mutant) {
		Checker checker = new Checker(this.servers.postgres.dataSource());
		try (Shop first = shop(mutant);
				Shop second = new Shop(MutantApplication.class, properties(mutant));
				Load load = started(first)) {
			checker.watchLateOwners();
			await().atMost(PATIENCE).until(() -> lanesOf(first) > 0 && lanesOf(second) > 0);
			this.servers.kafka.pause();
			await().atMost(PATIENCE).until(() -> waitingOn(first) > 0);
			first.process().pause();
			await().atMost(PATIENCE).until(() -> lanesOf(second) == Lanes.COUNT);
			second.process().pause();
			this.servers.kafka.resume();
			first.process().resume();
			checker.awaitLateOwner(LITTLE_PATIENCE);
			second.process().resume();
			return finish(first, load, PATIENCE);
		}
	}

	private Shop shop(String mutant) {
		this.jdbc.execute("drop schema public cascade; create schema public");
		Shop shop = new Shop(MutantApplication.class, properties(mutant));
		shop.awaitReady();
		return shop;
	}

	private List<String> properties(String mutant) {
		List<String> properties = new ArrayList<>(this.servers.properties());
		properties.add("mutant=" + mutant);
		properties.add("idempotency.outbox.log.enabled=false");
		return properties;
	}

	private static Load started(Shop shop) {
		Load load = new Load(shop.url(), Duration.ofMillis(50));
		load.awaitProgress(20);
		return load;
	}

	private Verdict finish(Shop shop, Load load, Duration patience) {
		shop.awaitReady();
		load.awaitProgress(20);
		Set<String> sent = load.finish();
		return new Checker(this.servers.postgres.dataSource()).verdict(sent, patience);
	}

	private int reservations() {
		return count("select count(*) from reservations");
	}

	private int waitingOn(Shop shop) {
		return count("select count(*) from idempotency_outbox join idempotency_lane using (lane) where owner like '"
				+ shop.process().pid() + "-%'");
	}

	private int lanesOf(Shop shop) {
		return count("select count(*) from idempotency_lane where owner like '" + shop.process().pid() + "-%'");
	}

	private int count(String sql) {
		Integer count = this.jdbc.queryForObject(sql, Integer.class);
		return (count != null) ? count : 0;
	}

}
