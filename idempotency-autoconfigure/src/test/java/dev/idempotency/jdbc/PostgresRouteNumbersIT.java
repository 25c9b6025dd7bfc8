// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.OutboxLog.Aside;
import dev.idempotency.relay.OutboxLog.Page;
import dev.idempotency.relay.Partitioning;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresRouteNumbersIT extends AbstractLogFixture {

	private static final int MOST = 3;

	private Partitioning partitioning = new ByRoute();

	@BeforeEach
	void begin() {
		this.partitioning = new ByRoute();
	}

	@Override
	Partitioning partitioning() {
		return this.partitioning;
	}

	@Test
	void eachRoutingKeyOfALaneIsAStream() {
		write("a", "b", "a", "b", "b");
		Map<String, List<Long>> streams = new TreeMap<>();
		for (OutboxRecord message : claim().next(10).orElseThrow().messages()) {
			Placement place = Objects.requireNonNull(message.placement());
			assertThat(place.isRoute()).isTrue();
			assertThat(place.position().stream()).isEqualTo(message.lane() + "/kafka:orders/" + message.route());
			streams.computeIfAbsent(place.position().stream(), (same) -> new ArrayList<>())
				.add(place.position().sequence());
		}
		assertThat(streams.values()).containsExactlyInAnyOrder(List.of(1L, 2L), List.of(1L, 2L, 3L));
	}

	@Test
	void whoeverRepeatsAPageGivesTheSameNumbersAlsoToNewRoutingKeys() {
		write("a", "b", "c");
		Page page = claim().next(10).orElseThrow();
		Page again = claim().next(10).orElseThrow();
		assertThat(placements(again)).isEqualTo(placements(page)).doesNotContainNull();
	}

	@Test
	void anOpenBatchKeepsItsNumbersWhenNumberingIsSwitchedOff() {
		write("a", "b", "a");
		Page page = claim().next(10).orElseThrow();
		this.partitioning = this.partitioning.ended("switched off");
		assertThat(placements(claim().next(10).orElseThrow())).isEqualTo(placements(page)).doesNotContainNull();
	}

	@Test
	void routingKeysBeyondTheBoundHaveNoNumbersAndLeaveNoGaps() {
		write("a", "b", "c", "d", "a", "e");
		OutboxLog.Reader reader = claim();
		Page page = reader.next(10).orElseThrow();
		assertThat(routes(page, true)).containsExactly("a", "b", "c", "a");
		assertThat(routes(page, false)).containsExactly("d", "e");
		assertThat(placements(claim().next(10).orElseThrow())).as("repeated").isEqualTo(placements(page));
		assertThat(this.database.count("idempotency_outbox_route")).isEqualTo(MOST);
		drain(claim(), 10);
		write("d", "c");
		Page next = claim().next(10).orElseThrow();
		assertThat(routes(next, false)).containsExactly("d");
		assertThat(next.messages().get(1).placement().position().sequence()).isEqualTo(2);
	}

	@Test
	void nodesAgreeOnTheNumbersOfRoutingKeys() {
		write("a", "b");
		LogRoutes one = new LogRoutes(new OwnTransactions(this.database.dataSource()), ORDERS);
		LogRoutes two = new LogRoutes(new OwnTransactions(this.database.dataSource()), ORDERS);
		Page page = claim().next(10).orElseThrow();
		assertThat(two.of(List.of(routed("c", "x")), MOST)).containsOnlyKeys("a", "b", "c");
		assertThat(one.of(List.of(routed("d", "y")), MOST)).isEqualTo(two.of(page.messages(), MOST));
	}

	@Test
	void whatWasSetAsideKeepsStreamAndNumber() {
		write("a", "b");
		OutboxLog.Reader reader = claim();
		Page page = reader.next(10).orElseThrow();
		OutboxRecord refused = page.messages().get(1);
		assertThat(reader.close(page, List.of(new Aside(refused, 1, "no queue")), 10)).isPresent();
		OutboxRecord stored = this.database.jdbc()
			.query("SELECT " + OutboxSql.COLUMNS + " FROM idempotency_outbox",
					OutboxSql.of(Dialect.POSTGRESQL).mapper())
			.get(0);
		assertThat(stored.placement()).isEqualTo(refused.placement());
	}

	@Test
	void aSlashInTheNameOfAnExchangeMakesNoOtherStream() {
		assertThat(Placement.ofRoute(1, "rabbit:a/b", 0, "c", "1", 1).position().stream())
			.isNotEqualTo(Placement.ofRoute(1, "rabbit:a", 0, "b/c", "1", 1).position().stream())
			.isNotEqualTo(Placement.ofRoute(1, "rabbit:a%2Fb", 0, "c", "1", 1).position().stream());
	}

	private void write(String... routes) {
		OutboxRecord[] messages = new OutboxRecord[routes.length];
		for (int i = 0; i < routes.length; i++) {
			messages[i] = routed(routes[i], "m" + i);
		}
		insert(messages);
	}

	/**
	 * All in one lane.
	 */
	private static OutboxRecord routed(String route, String id) {
		OutboxRecord message = message(ORDERS, "k", id);
		return new OutboxRecord(0, message.lane(), id, ORDERS, route, "k", "type", "source", message.time(), Map.of(),
				"text/plain", message.body(), 0);
	}

	private static List<@Nullable Placement> placements(Page page) {
		return page.messages().stream().map(OutboxRecord::placement).toList();
	}

	private static List<String> routes(Page page, boolean numbered) {
		return page.messages()
			.stream()
			.filter((message) -> (message.placement() != null) == numbered)
			.map(OutboxRecord::route)
			.toList();
	}

	private static final class ByRoute implements Partitioning {

		@Override
		public int count(String destination) {
			return MOST;
		}

		@Override
		public int partition(OutboxRecord message, int count) {
			throw new AssertionError("there are no partitions");
		}

		@Override
		public @Nullable String refusal(String destination) {
			return null;
		}

		@Override
		public boolean byRoute(String destination) {
			return true;
		}

	}

}
