// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.sample.crash.Checker.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

	private static final String ORDERS = "kafka:order.created";

	private final Servers servers = new Servers();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.servers.postgres.dataSource());

	@AfterAll
	void close() {
		this.servers.close();
	}

	@BeforeAll
	void guardsHold() throws Exception {
		assertThat(killAfterTheSendBeforeTheSettle(Engine.LOG, "NONE")).matches(Verdict::clean);
		assertThat(killWhileCommitsFail("NONE")).matches(Verdict::clean);
	}

	@Test // I1
	void withoutTheInboxEffectsAreRepeated() throws Exception {
		assertThat(killAfterTheSendBeforeTheSettle(Engine.LOG, "NO_INBOX").repeated()).isPositive();
	}

	@Test // I5
	void acknowledgedBeforeTheCommitEffectsAreLost() {
		assertThat(killWhileCommitsFail("ACKNOWLEDGE_FIRST").lost()).isPositive();
	}

	@Test // I2
	void withANewIdPerSendEffectsAreRepeated() throws Exception {
		assertThat(killAfterTheSendBeforeTheSettle(Engine.LOG, "NEW_ID_PER_SEND").repeated()).isPositive();
	}

	@ParameterizedTest // I10
	@EnumSource
	@Tag("soak")
	void withoutTheFenceALateOwnerSettlesWhatIsNoLongerItsOwn(Engine engine) throws Exception {
		assertThat(stopTheOwner(engine, "NONE")).matches(Verdict::clean);
		assertThat(stopTheOwner(engine, "NO_FENCE").changedByLateOwners()).isPositive();
	}

	@Test
	@Tag("soak")
	void theGuardsOfTheTableHold() throws Exception {
		assertThat(killAfterTheSendBeforeTheSettle(Engine.TABLE, "NONE")).matches(Verdict::clean);
	}

	/**
	 * The relay can send and cannot settle. The kill comes when the consumers have
	 * applied what it sent.
	 */
	private Verdict killAfterTheSendBeforeTheSettle(Engine engine, String mutant) throws Exception {
		try (Shop shop = shop(engine, mutant); Load load = started(shop)) {
			try (AutoCloseable held = engine.holdSettling(this.servers.postgres.dataSource(), shop.process().pid())) {
				assertThat(held).isNotNull();
				int before = reservations();
				await().atMost(PATIENCE).until(() -> reservations() > before);
				shop.process().kill9();
			}
			shop.killAndRestart();
			return finish(shop, load, PATIENCE);
		}
	}

	/**
	 * Commits of the inventory fail while orders come in; the kill comes before any has
	 * succeeded, and after the relay is done with what was sent.
	 */
	private Verdict killWhileCommitsFail(String mutant) {
		try (Shop shop = shop(Engine.LOG, mutant); Load load = started(shop)) {
			this.jdbc.execute("select setval('failing_commits', 1000)");
			await().atMost(PATIENCE).until(() -> count("select last_value from failing_commits") < 996);
			shop.killAndRestart();
			this.jdbc.execute("select setval('failing_commits', 0)");
			return finish(shop, load, mutant.equals("NONE") ? PATIENCE : LITTLE_PATIENCE);
		}
	}

	private Verdict stopTheOwner(Engine engine, String mutant) throws Exception {
		Checker checker = new Checker(this.servers.postgres.dataSource());
		try (Shop first = shop(engine, mutant);
				Shop second = new Shop(MutantApplication.class, properties(engine, mutant));
				Load load = started(first)) {
			second.awaitReady();
			checker.watchLateOwners(engine);
			await().atMost(PATIENCE).until(() -> lanesOf(first) > 0 && lanesOf(second) > 0);
			if (engine == Engine.TABLE) {
				whileItsConfirmsAreDue(first, second, checker);
			}
			else {
				whileItsPageIsOpen(first, second, checker);
			}
			return finish(first, load, mutant.equals("NONE") ? PATIENCE : LITTLE_PATIENCE);
		}
	}

	/**
	 * A node is stopped while Kafka owes it confirms; another takes its lanes and is
	 * stopped as well; then the first gets its confirms.
	 */
	private void whileItsConfirmsAreDue(Shop first, Shop second, Checker checker) {
		this.servers.kafka.pause();
		await().atMost(PATIENCE).until(() -> waitingOn(first) > 0);
		first.process().pause();
		await().atMost(PATIENCE).until(() -> lanesOf(second) == Lanes.COUNT);
		second.process().pause();
		this.servers.kafka.resume();
		first.process().resume();
		checker.awaitLateOwner(LITTLE_PATIENCE);
		second.process().resume();
	}

	/**
	 * A node is stopped that has sent a page and could not close it; another takes its
	 * lanes and its page; then the first tries again.
	 */
	private void whileItsPageIsOpen(Shop first, Shop second, Checker checker) throws Exception {
		try (AutoCloseable held = Engine.LOG.holdSettling(this.servers.postgres.dataSource(), first.process().pid())) {
			assertThat(held).isNotNull();
			first.process().waitForLine("Relaying to '" + ORDERS + "' failed", PATIENCE);
			first.process().pause();
		}
		await().atMost(PATIENCE).until(() -> hasEveryCursor(second));
		first.process().resume();
		checker.awaitLateOwner(LITTLE_PATIENCE);
	}

	private Shop shop(Engine engine, String mutant) {
		this.jdbc.execute("drop schema public cascade; create schema public");
		Shop shop = new Shop(MutantApplication.class, properties(engine, mutant));
		shop.awaitReady();
		return shop;
	}

	private List<String> properties(Engine engine, String mutant) {
		List<String> properties = new ArrayList<>(this.servers.properties());
		properties.add("mutant=" + mutant);
		properties.add(engine.property());
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

	private int lanesOf(Shop shop) {
		return count("select count(*) from idempotency_lane where owner like '" + shop.process().pid() + "-%'");
	}

	private int waitingOn(Shop shop) {
		return count("select count(*) from idempotency_outbox join idempotency_lane using (lane) where owner like '"
				+ shop.process().pid() + "-%'");
	}

	private boolean hasEveryCursor(Shop shop) {
		return count("select count(*) from idempotency_outbox_cursor c where destination = '" + ORDERS
				+ "' and not exists (select from cursor_owners o where o.destination = c.destination and o.lanes = c.lanes"
				+ " and o.epoch = c.epoch and o.owner = '" + shop.process().pid() + "')") == 0;
	}

	private int count(String sql) {
		Integer count = this.jdbc.queryForObject(sql, Integer.class);
		return (count != null) ? count : 0;
	}

}
