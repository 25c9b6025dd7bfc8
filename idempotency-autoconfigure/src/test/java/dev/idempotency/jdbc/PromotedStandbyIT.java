// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.StreamPosition;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.testing.PrivatePostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A standby that has not received everything becomes the database.
 */
class PromotedStandbyIT extends AbstractLogFixture {

	private final HashedPartitions partitions = new HashedPartitions(3);

	/** What a consumer saw, by number; and by id, in how many places. */
	private final Map<String, String> ids = new HashMap<>();

	private final Map<String, Set<String>> places = new HashMap<>();

	private PrivatePostgres primary;

	private PrivatePostgres standby;

	@Override
	TestDatabase open() {
		this.primary = PrivatePostgres.started();
		return this.primary;
	}

	@Override
	HashedPartitions partitioning() {
		return this.partitions;
	}

	@AfterAll
	void stop() {
		this.primary.close();
	}

	@Test
	void theRelayGoesOnThereAndGivesNoNumberToAnotherMessage() {
		write(0, 20);
		publish(claim());
		this.standby = this.primary.standby();
		write(20, 30);
		OutboxLog.Reader reader = claim();
		OutboxLog.Page page = reader.next(5).orElseThrow();
		page.messages().forEach(this::saw);
		write(30, 35);
		awaitReplay();
		this.standby.stopFast();

		publish(reader, reader.close(page, List.of(), 5).orElseThrow());
		write(35, 50);
		publish(claim());
		assertThat(this.places.values()).hasSize(50).allMatch((all) -> all.size() == 1);

		failOver();
		publish(claim());
		assertThat(twice()).as("what the standby had in a batch keeps its numbers")
			.containsExactlyInAnyOrderElementsOf(names(30, 35));
		assertThat(twice()).allSatisfy((id) -> assertThat(this.places.get(id)).anyMatch((place) -> isOf(place, 1))
			.anyMatch((place) -> isOf(place, 2)));

		write(50, 60);
		publish(claim());
		assertThat(names(50, 60))
			.allSatisfy((id) -> assertThat(this.places.get(id)).hasSize(1).allMatch((place) -> isOf(place, 2)));
		assertThat(names(0, 30))
			.allSatisfy((id) -> assertThat(this.places.get(id)).hasSize(1).allMatch((place) -> isOf(place, 1)));
	}

	private void awaitReplay() {
		String written = this.database.jdbc().queryForObject("SELECT pg_current_wal_insert_lsn()::text", String.class);
		JdbcTemplate follower = new JdbcTemplate(this.standby.unpooled());
		await().atMost(Duration.ofSeconds(30))
			.until(() -> follower.queryForObject("SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn", Boolean.class,
					written));
	}

	private void failOver() {
		this.primary.kill9();
		this.standby.start();
		this.standby.promote();
		new JdbcTemplate(this.standby.unpooled()).execute("DROP TABLE business");
		this.database = new MigratedDatabase(this.standby);
	}

	private void publish(OutboxLog.Reader reader) {
		publish(reader, reader.next(5).orElseThrow());
	}

	private void publish(OutboxLog.Reader reader, OutboxLog.Page first) {
		OutboxLog.Page page = first;
		while (!page.messages().isEmpty()) {
			page.messages().forEach(this::saw);
			page = reader.close(page, List.of(), 5).orElseThrow();
		}
	}

	private void saw(OutboxRecord message) {
		StreamPosition position = message.placement().position();
		String place = position.stream() + " " + position.sequence() + " " + position.epoch();
		assertThat(this.ids.putIfAbsent(place, message.id())).isIn(null, message.id());
		this.places.computeIfAbsent(message.id(), (id) -> new TreeSet<>()).add(place);
	}

	private Set<String> twice() {
		return this.places.keySet().stream().filter((id) -> this.places.get(id).size() > 1).collect(Collectors.toSet());
	}

	private static boolean isOf(String place, int timeline) {
		return place.endsWith("." + timeline);
	}

}
