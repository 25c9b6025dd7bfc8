// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.OutboxLog.Aside;
import dev.idempotency.relay.OutboxLog.Page;
import dev.idempotency.relay.RelayStore;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresOutboxLogIT extends AbstractLogFixture {

	private static final Set<JdbcEvent.Kind> FAILING = Set.of(JdbcEvent.Kind.CONNECT, JdbcEvent.Kind.STATEMENT,
			JdbcEvent.Kind.COMMIT);

	@Test
	void whatIsNotClosedIsReadAgainAndWhatIsClosedNotAnyMore() {
		write(0, 10);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(100).orElseThrow();
		assertThat(ids(page)).isEqualTo(names(0, 10));
		write(10, 12);
		assertThat(ids(claim().next(100).orElseThrow())).isEqualTo(names(0, 10));
		OutboxLog.Reader next = claim();
		assertThat(ids(next.close(next.next(100).orElseThrow(), List.of(), 100).orElseThrow()))
			.isEqualTo(names(10, 12));
	}

	@Test
	void anIdleCursorIsNotWritten() {
		OutboxLog.Reader reader = claim();
		String before = cursor();
		assertThat(reader.next(10).orElseThrow().messages()).isEmpty();
		this.database.inTransaction(() -> this.database.jdbc().update("INSERT INTO business VALUES (1, 1)"));
		assertThat(reader.next(10).orElseThrow().messages()).isEmpty();
		assertThat(cursor()).isEqualTo(before);
	}

	private String cursor() {
		return this.database.jdbc()
			.queryForObject("SELECT string_agg(ctid::text || closed::text, ',') FROM idempotency_outbox_cursor",
					String.class);
	}

	@Test
	void aMessageThatCommitsLateIsInALaterBatch() {
		OutboxLog.Reader reader = claim();
		this.database.inTransaction(() -> {
			write(0, 1);
			together(1, () -> {
				write(1, 2);
				return reader.close(reader.next(10).orElseThrow(), List.of(), 10);
			});
			return true;
		});
		assertThat(ids(reader.next(10).orElseThrow())).containsExactly("m0");
	}

	@Test
	void aGiantTransactionIsReadInBoundedPagesInTheOrderOfItsInsertion() {
		write(0, 1000);
		write(1000, 1020);
		assertThat(drain(claim(), 30)).isEqualTo(names(0, 1020));
		assertThat(log("one").backlog(ORDERS, 100).depth()).isZero();
	}

	@Test
	void pagesOfLargeMessagesAreBoundedByTheirSize() {
		OutboxLog.Reader reader = claim();
		for (int first = 0; first < 40; first += 20) {
			insert(IntStream.range(first, first + 20)
				.mapToObj((number) -> new OutboxRecord(0, 1, "m" + number, ORDERS, null, "k", "t", "s", Instant.EPOCH,
						Map.of(), "text/plain", new byte[3_000_000], 0))
				.toArray(OutboxRecord[]::new));
		}
		Page page = reader.next(500).orElseThrow();
		for (int first = 0; first < 36; first += 3) {
			assertThat(ids(page)).isEqualTo(names(first, first + 3));
			assertThat(page.more()).isTrue();
			page = reader.close(page, List.of(), 500).orElseThrow();
		}
		assertThat(ids(page)).isEqualTo(names(36, 39));
		page = reader.close(page, List.of(), 2).orElseThrow();
		assertThat(ids(page)).isEqualTo(names(39, 40));
		assertThat(page.more()).isFalse();
	}

	@Test
	void rowsThatMovedBetweenTwoPagesAreFoundWhereTheyAre() {
		this.database.rolledBack(() -> {
			write(500, 600);
			return true;
		});
		write(0, 200);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(10).orElseThrow();
		page = reader.close(page, List.of(), 10).orElseThrow();
		this.database.jdbc().execute("VACUUM FULL idempotency_outbox_log_0");
		assertThat(ids(page)).isEqualTo(names(10, 20));
		assertThat(ids(reader.close(page, List.of(), 10).orElseThrow())).isEqualTo(names(20, 30));
	}

	private void waitsInTheStore(String key) {
		JdbcOutboxStore queue = new JdbcOutboxStore(this.database.dataSource(), this.database.dialect());
		this.database.inTransaction(() -> {
			queue.insert(message(ORDERS, key, key));
			return true;
		});
	}

	/**
	 * A connection lost before or after any statement or commit of claiming, reading and
	 * closing; the process goes on, or another takes over.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whereverItFailsTheSameMessagesComeInTheSameOrder(boolean sameProcess) {
		int points = 0;
		for (boolean survived = true; survived; points++) {
			empty();
			lease();
			write(0, 25);
			waitsInTheStore("other");
			FaultyDataSource faulty = new FaultyDataSource(this.database.dataSource());
			AtomicInteger events = new AtomicInteger();
			int point = points;
			Predicate<JdbcEvent> there = (event) -> FAILING.contains(event.kind())
					&& events.getAndIncrement() == point / 2;
			if (points % 2 == 0) {
				faulty.before(there, JdbcFault.connectionLost());
			}
			else {
				faulty.after(there, JdbcFault.connectionLost());
			}
			publishesAllOf(log(faulty, "one"), sameProcess);
			survived = events.get() > point / 2;
		}
		assertThat(points).isGreaterThan(30);
	}

	private void publishesAllOf(PostgresOutboxLog log, boolean sameProcess) {
		List<String> published = new java.util.ArrayList<>();
		List<String> repeated = null;
		OutboxLog.Reader reader = null;
		Page page = null;
		for (int i = 0; i < 60; i++) {
			try {
				if (reader == null) {
					reader = log.claim(ORDERS, this.leases).orElseThrow();
				}
				if (page == null) {
					page = reader.next(7).orElseThrow();
					if (repeated != null && !page.messages().isEmpty()) {
						assertThat(ids(page)).isIn(repeated, names(published.size(), published.size() + 7),
								names(published.size(), 25));
						repeated = null;
					}
				}
				if (page.messages().isEmpty()) {
					assertThat(published).isEqualTo(names(0, 25));
					return;
				}
				ids(page).stream().filter((id) -> !published.contains(id)).forEach(published::add);
				reader.readAhead(7);
				page = reader.close(page, List.of(), 7).orElseThrow();
			}
			catch (DataAccessException ex) {
				if (!sameProcess || reader == null) {
					repeated = (page != null) ? ids(page) : null;
					reader = null;
					page = null;
				}
			}
		}
		throw new AssertionError("Not done: " + published);
	}

	@Test
	void whoeverClaimsLastReadsAlone() {
		write(0, 10);
		OutboxLog.Reader first = claim();
		Page page = first.next(10).orElseThrow();
		OutboxLog.Reader second = claim();
		assertThat(first.close(page, List.of(), 10)).isEmpty();
		assertThat(first.close(page, List.of(new Aside(page.messages().get(0), 1, "no")), 10)).isEmpty();
		assertThat(first.next(10)).isEmpty();
		assertThat(this.database.count("idempotency_outbox")).isZero();
		assertThat(drain(second, 10)).isEqualTo(names(0, 10));
	}

	@Test
	void whoeverWasOvertakenSetsNothingAside() {
		write(0, 10);
		OutboxLog.Reader first = claim();
		Page page = first.next(10).orElseThrow();
		OutboxLog.Reader second = claim();
		assertThat(first.close(page, List.of(new Aside(page.messages().get(0), 1, "no")), 10)).isEmpty();
		assertThat(this.database.count("idempotency_outbox")).isZero();
		assertThat(drain(second, 10)).isEqualTo(names(0, 10));
	}

	@Test
	void nobodyClaimsLanesWithoutTheirLeases() {
		assertThat(log("two").claim(ORDERS, this.leases)).isEmpty();
		List<Lease> old = this.leases;
		lease();
		assertThat(log("one").claim(ORDERS, old)).isEmpty();
	}

	@Test
	void lanesAreTakenOverInTheMiddleOfABatchAndComeBackToOneRow() {
		write(0, 40);
		OutboxLog.Reader one = claim();
		Page page = one.next(10).orElseThrow();
		List<Integer> moving = List.of(page.messages().get(0).lane());
		this.lanes.release("one", this.leases.stream().filter((lease) -> moving.contains(lease.lane())).toList());
		List<Lease> gained = this.lanes.acquire("two", moving, LONG);
		OutboxLog.Reader two = log("two").claim(ORDERS, gained).orElseThrow();
		assertThat(one.close(page, List.of(), 10)).isEmpty();
		List<String> ofTwo = drain(two, 10);
		assertThat(ofTwo).startsWith("m0", "m7", "m14").allMatch((id) -> Integer.parseInt(id.substring(1)) % 7 == 0);
		List<Lease> kept = this.leases.stream().filter((lease) -> !moving.contains(lease.lane())).toList();
		List<String> ofOne = drain(log("one").claim(ORDERS, kept).orElseThrow(), 10);
		assertThat(ofOne).hasSize(40 - ofTwo.size()).doesNotContainAnyElementsOf(ofTwo);
		write(40, 60);
		this.lanes.release("two", gained);
		lease();
		assertThat(drain(claim(), 10)).containsExactlyInAnyOrderElementsOf(names(40, 60));
		assertThat(this.database.count("idempotency_outbox_cursor")).isEqualTo(1);
	}

	@Test
	void aNodeWhoseLanesHaveNothingPassesWhatTheOthersHave() {
		List<Lease> some = this.leases.subList(0, 1);
		OutboxLog.Reader reader = log("one").claim(ORDERS, some).orElseThrow();
		insert(message(ORDERS, null, "x"));
		assertThat(reader.next(10).orElseThrow().messages()).isEmpty();
		assertThat(this.database.jdbc()
			.queryForObject("SELECT count(*) FROM idempotency_outbox_cursor, idempotency_outbox_log WHERE lanes = 1 "
					+ "AND pg_visible_in_snapshot(xid, closed)", Integer.class))
			.isEqualTo(1);
	}

	@Test
	void whatIsSetAsideWaitsInTheStoreUnderTheSameIdAndHoldsItsKey() {
		write(0, 14);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(100).orElseThrow();
		assertThat(page.troubled()).isFalse();
		List<Aside> aside = List.of(new Aside(page.messages().get(3), 1, "too large"),
				new Aside(page.messages().get(10), 0, null));
		write(14, 21);
		Page next = reader.close(page, aside, 100).orElseThrow();
		assertThat(next.troubled()).isTrue();
		assertThat(next.held()).containsExactly("k3");
		JdbcRelayStore store = new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "one");
		List<OutboxRecord> waiting = store.read(ORDERS, this.leases, 10).messages();
		assertThat(waiting).extracting(OutboxRecord::id, OutboxRecord::attempts, OutboxRecord::position)
			.containsExactly(tuple(page.messages().get(3), 1), tuple(page.messages().get(10), 0));
		store.park(this.leases.get(waiting.get(0).lane()), waiting.get(0), "no", true);
		store.parkBehind(new dev.idempotency.relay.RelayStore.Batch(ORDERS, this.leases, waiting),
				waiting.subList(1, 2), "behind");
		Page again = claim().next(100).orElseThrow();
		assertThat(again.held()).containsExactly("k3");
	}

	@Test
	void whatIsSetAsideHoldsItsKeyOnThePageThatWasReadAhead() {
		write(0, 20);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(7).orElseThrow();
		reader.readAhead(7);
		Page next = reader.close(page, List.of(new Aside(page.messages().get(3), 1, "too large")), 7).orElseThrow();
		assertThat(ids(next)).isEqualTo(names(7, 14));
		assertThat(next.held()).containsExactly("k3");
	}

	@Test
	void whoeverAsksAgainGetsThePageThatWasNotClosed() {
		write(0, 40);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(7).orElseThrow();
		page = reader.close(page, List.of(), 7).orElseThrow();
		assertThat(ids(reader.next(7).orElseThrow())).isEqualTo(ids(page)).isEqualTo(names(7, 14));
		reader.readAhead(7);
		page = reader.next(7).orElseThrow();
		assertThat(ids(page)).isEqualTo(names(7, 14));
		assertThat(ids(reader.close(page, List.of(), 7).orElseThrow())).isEqualTo(names(14, 21));
	}

	@Test
	void whatWasReadAheadIsNotReadOnceMore() {
		write(0, 20);
		FaultyDataSource counted = new FaultyDataSource(this.database.dataSource());
		OutboxLog.Reader reader = log(counted, "one").claim(ORDERS, this.leases).orElseThrow();
		Page page = reader.next(7).orElseThrow();
		reader.readAhead(7);
		AtomicInteger statements = new AtomicInteger();
		counted.before((event) -> event.kind() == JdbcEvent.Kind.STATEMENT && statements.incrementAndGet() < 0,
				JdbcFault.connectionLost());
		assertThat(ids(reader.close(page, List.of(), 7).orElseThrow())).isEqualTo(names(7, 14));
		assertThat(statements).as("the update").hasValue(1);
	}

	private static org.assertj.core.groups.Tuple tuple(OutboxRecord message, int attempts) {
		return org.assertj.core.api.Assertions.tuple(message.id(), attempts, message.position());
	}

	@Test
	void theBacklogIsWhatNobodyHasClosed() {
		PostgresOutboxLog log = log("one");
		assertThat(log.backlog(ORDERS, 10).depth()).isZero();
		assertThat(log.destinations()).isEmpty();
		write(0, 40);
		insert(message("kafka:other", "k", "other"));
		assertThat(log.backlog(ORDERS, 100).depth()).isEqualTo(40);
		assertThat(log.backlog(ORDERS, 10).depth()).isEqualTo(10);
		assertThat(log.backlog(ORDERS, 10).oldest()).isGreaterThan(Duration.ofDays(30));
		assertThat(log.destinations()).containsExactly(ORDERS, "kafka:other");
		OutboxLog.Reader reader = claim();
		Page page = reader.next(15).orElseThrow();
		assertThat(log.backlog(ORDERS, 100).depth()).isEqualTo(40);
		write(40, 45);
		page = reader.close(page, List.of(), 15).orElseThrow();
		assertThat(log.backlog(ORDERS, 100).depth()).isEqualTo(30);
		assertThat(log.destinations()).containsExactly(ORDERS, "kafka:other");
		Optional<Page> rest = Optional.of(page);
		while (!rest.orElseThrow().messages().isEmpty()) {
			rest = reader.close(rest.get(), List.of(), 15);
		}
		assertThat(log.backlog(ORDERS, 100).depth()).isZero();
		assertThat(log.destinations()).containsExactly("kafka:other");
	}

	@Test
	void theOldestIsFoundInWhicheverSegmentItIsAndHoweverMuchWaits() {
		fill(2, "2 hours");
		fill(0, "1 minute");
		RelayStore.Backlog backlog = log("one").backlog(ORDERS, 10_000);
		assertThat(backlog.depth()).isEqualTo(10_000);
		assertThat(backlog.oldest()).isGreaterThan(Duration.ofMinutes(119));
	}

	private void fill(int segment, String age) {
		this.database.jdbc()
			.update("INSERT INTO idempotency_outbox_log (created_at, lane, segment, destination, message_id, type, "
					+ "source, content_type, headers, body) SELECT now() - ?::interval, 1, ?, ?, 'm' || n, 't', 's', "
					+ "'text/plain', '{}', '' FROM generate_series(1, 10000) n", age, segment, ORDERS);
	}

}
