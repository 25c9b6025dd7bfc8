// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.OutboxLog.Aside;
import dev.idempotency.relay.OutboxLog.Page;
import dev.idempotency.relay.RelayStore;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import dev.idempotency.testing.JdbcFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresLogNumbersIT extends AbstractLogFixture {

	private static final Set<JdbcEvent.Kind> FAILING = Set.of(JdbcEvent.Kind.CONNECT, JdbcEvent.Kind.STATEMENT,
			JdbcEvent.Kind.COMMIT);

	private final HashedPartitions partitions = new HashedPartitions(3);

	private Numbers numbers = new Numbers();

	@BeforeEach
	void begin() {
		this.partitions.count = 3;
		this.numbers = new Numbers();
	}

	@Override
	HashedPartitions partitioning() {
		return this.partitions;
	}

	@Test
	void eachStreamIsNumberedWithoutGapsAndAcrossPages() {
		write(0, 25);
		write(25, 40);
		publish(claim(), 4);
		write(40, 60);
		publish(claim(), 7);
		assertThat(this.numbers.wrong()).isEmpty();
		assertThat(this.numbers.last().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(60);
		assertThat(this.numbers.last()).hasSize(7)
			.allSatisfy((stream, last) -> assertThat(stream).contains("/kafka:orders/"));
	}

	@Test
	void aMessageGoesToTheSamePartitionAsItsStreamSays() {
		insert(message(ORDERS, "k", "a"), message(ORDERS, null, "b"));
		Page page = claim().next(10).orElseThrow();
		for (OutboxRecord message : page.messages()) {
			Placement place = message.placement();
			assertThat(place.partition()).isEqualTo(this.partitions.partition(message, 3));
			assertThat(place.position().stream()).isEqualTo(message.lane() + "/kafka:orders/" + place.partition());
		}
	}

	@Test
	void whoeverRepeatsAPageGivesTheSameNumbers() {
		write(0, 30);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(10).orElseThrow();
		page = reader.close(page, List.of(), 10).orElseThrow();
		Page again = claim().next(10).orElseThrow();
		assertThat(Numbers.placements(again)).isEqualTo(Numbers.placements(page)).doesNotContainNull();
		OutboxLog.Reader other = claim();
		Page larger = other.next(25).orElseThrow();
		assertThat(Numbers.placements(larger)).startsWith(Numbers.placements(page).toArray(Placement[]::new));
	}

	@Test
	void thePageThatIsAskedForAgainHasTheSameNumbers() {
		write(0, 12);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(5).orElseThrow();
		assertThat(Numbers.placements(reader.next(5).orElseThrow())).isEqualTo(Numbers.placements(page));
	}

	@Test
	void sourcesAndReplaysHaveNumbersOfTheirOwnOrNone() {
		insert(with("/one", "a", Map.of()), with("/two", "b", Map.of()),
				with("/one", "c", Map.of(OutboxRecord.FLOW_HEADER, "flow")), with("/one", "d", Map.of()));
		List<Placement> placements = Numbers.placements(claim().next(10).orElseThrow());
		assertThat(placements.get(2)).isNull();
		assertThat(placements.stream().filter((place) -> place != null).map((place) -> place.position().sequence()))
			.containsExactly(1L, 1L, 2L);
	}

	private static OutboxRecord with(String source, String id, Map<String, String> headers) {
		OutboxRecord like = message(ORDERS, "k", id);
		return new OutboxRecord(0, like.lane(), id, ORDERS, null, "k", "t", source, like.time(), headers, "text/plain",
				like.body(), 0);
	}

	@Test
	void whatIsSetAsideKeepsItsNumberWhereverItGoes() {
		write(0, 14);
		OutboxLog.Reader reader = claim();
		Page page = reader.next(100).orElseThrow();
		OutboxRecord refused = page.messages().get(3);
		write(14, 21);
		reader.close(page, List.of(new Aside(refused, 1, "too large")), 100);
		JdbcRelayStore store = new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "one");
		assertThat(waiting(store).placement()).isEqualTo(refused.placement());
		store.park(lease(refused), waiting(store), "no", true);
		JdbcParkedOutbox parked = new JdbcParkedOutbox(this.database.dataSource(), this.database.dialect(),
				(destination, lane) -> {
				});
		parked.resume(ORDERS, refused.key());
		assertThat(waiting(store).placement()).isEqualTo(refused.placement());
	}

	private OutboxRecord waiting(RelayStore store) {
		List<OutboxRecord> messages = store.read(ORDERS, this.leases, 10).messages();
		assertThat(messages).hasSize(1);
		return messages.get(0);
	}

	private Lease lease(OutboxRecord message) {
		return this.leases.stream().filter((lease) -> lease.lane() == message.lane()).findFirst().orElseThrow();
	}

	@Test
	void lanesThatChangeHandsInTheMiddleOfABatchNumberOn() {
		write(0, 40);
		OutboxLog.Reader one = claim();
		Page page = one.next(10).orElseThrow();
		page.messages().forEach(this.numbers::saw);
		page = one.close(page, List.of(), 10).orElseThrow();
		page.messages().forEach(this.numbers::saw);
		List<Integer> moving = List.of(page.messages().get(0).lane(), page.messages().get(1).lane());
		this.lanes.release("one", this.leases.stream().filter((lease) -> moving.contains(lease.lane())).toList());
		List<Lease> gained = this.lanes.acquire("two", moving, LONG);
		publish(log("two").claim(ORDERS, gained).orElseThrow(), 3);
		List<Lease> kept = this.leases.stream().filter((lease) -> !moving.contains(lease.lane())).toList();
		publish(log("one").claim(ORDERS, kept).orElseThrow(), 4);
		write(40, 60);
		this.lanes.release("two", gained);
		lease();
		publish(claim(), 10);
		assertThat(this.numbers.wrong()).isEmpty();
		assertThat(this.numbers.last().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(60);
	}

	@Test
	void whoeverWasOvertakenGivesNoNumbersAway() {
		write(0, 10);
		OutboxLog.Reader first = claim();
		Page page = first.next(5).orElseThrow();
		OutboxLog.Reader second = claim();
		assertThat(first.close(page, List.of(), 5)).isEmpty();
		assertThat(this.database.count("idempotency_outbox_number")).isZero();
		publish(second, 5);
		assertThat(first.next(5)).isEmpty();
		assertThat(this.numbers.wrong()).isEmpty();
	}

	/**
	 * A connection lost before or after any statement or commit; the process goes on, or
	 * another takes over.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whereverItFailsAMessageHasOneNumber(boolean sameProcess) {
		int points = 0;
		for (boolean survived = true; survived; points++) {
			empty();
			lease();
			write(0, 25);
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
			Numbers seen = publishesAllOf(log(faulty, "one"), sameProcess);
			assertThat(seen.wrong()).as("point " + points).isEmpty();
			survived = events.get() > point / 2;
		}
		assertThat(points).isGreaterThan(30);
	}

	private Numbers publishesAllOf(PostgresOutboxLog log, boolean sameProcess) {
		Numbers seen = new Numbers();
		OutboxLog.Reader reader = null;
		Page page = null;
		for (int i = 0; i < 60; i++) {
			try {
				if (reader == null) {
					reader = log.claim(ORDERS, this.leases).orElseThrow();
				}
				if (page == null) {
					page = reader.next(7).orElseThrow();
				}
				if (page.messages().isEmpty()) {
					return seen;
				}
				page.messages().forEach(seen::saw);
				reader.readAhead(7);
				page = reader.close(page, List.of(), 7).orElseThrow();
			}
			catch (DataAccessException ex) {
				if (!sameProcess || reader == null) {
					reader = null;
					page = null;
				}
			}
		}
		throw new AssertionError("Not done");
	}

	/**
	 * What a dump brings to another server, where it is not known which numbers were
	 * given after the dump.
	 */
	@Test
	void whereNumbersMayHaveBeenGivenBeforeANewEpochBegins() {
		write(0, 5);
		publish(claim(), 10);
		String before = epoch(this.numbers);
		write(5, 6);
		OutboxLog.Reader reader = claim();
		reader.next(10);
		this.database.jdbc().update("UPDATE idempotency_meta SET setting = '7' WHERE name = 'outbox-log-system'");
		publish(log("one").claim(ORDERS, this.leases).orElseThrow(), 10);
		write(10, 15);
		Numbers after = new Numbers();
		after.publish(claim(), 10);
		assertThat(after.wrong()).isEmpty();
		assertThat(epoch(after)).isNotEqualTo(before);
	}

	/**
	 * An old dump replaces the tables on the server they came from: the counters are old,
	 * and what they would give was given already.
	 */
	@Test
	void tablesThatWereRestoredNumberAnew() {
		write(0, 5);
		publish(claim(), 10);
		String before = epoch(this.numbers);
		this.database.jdbc().execute("ALTER TABLE idempotency_outbox_number RENAME TO old");
		this.database.jdbc().execute("CREATE TABLE idempotency_outbox_number (LIKE old INCLUDING ALL)");
		this.database.jdbc().execute("INSERT INTO idempotency_outbox_number SELECT * FROM old");
		this.database.jdbc().execute("DROP TABLE old");
		write(5, 10);
		Numbers after = new Numbers();
		after.publish(claim(), 10);
		assertThat(after.wrong()).isEmpty();
		assertThat(epoch(after)).isNotEqualTo(before);
	}

	/**
	 * A standby that is promoted goes on in another timeline.
	 */
	@Test
	void theTimelineIsPartOfTheEpoch() {
		write(0, 1);
		publish(claim(), 10);
		assertThat(epoch(this.numbers)).endsWith("." + this.database.jdbc()
			.queryForObject("SELECT upper(to_hex(timeline_id)) FROM pg_control_checkpoint()", String.class));
		assertThat(
				this.database.jdbc()
					.queryForObject("SELECT " + LogNumbering.EPOCH
						.replace("pg_walfile_name(pg_current_wal_insert_lsn())", "'0000002A0000000000000001'"),
							String.class, "x."))
			.isEqualTo("x.2A");
	}

	private static String epoch(Numbers numbers) {
		return numbers.last()
			.keySet()
			.stream()
			.map((stream) -> stream.substring(stream.lastIndexOf(' ')))
			.distinct()
			.collect(Collectors.joining());
	}

	@Test
	void numbersCostNoRoundTrip() {
		int with = statements();
		this.partitions.count = 0;
		assertThat(with).isEqualTo(statements());
	}

	private int statements() {
		FaultyDataSource counted = new FaultyDataSource(this.database.dataSource());
		OutboxLog.Reader reader = log(counted, "one").claim(ORDERS, this.leases).orElseThrow();
		AtomicInteger statements = new AtomicInteger();
		counted.before((event) -> event.kind() == JdbcEvent.Kind.STATEMENT && statements.incrementAndGet() < 0,
				JdbcFault.connectionLost());
		write(0, 20);
		Page page = reader.next(7).orElseThrow();
		while (!page.messages().isEmpty()) {
			reader.readAhead(7);
			page = reader.close(page, List.of(), 7).orElseThrow();
		}
		return statements.get();
	}

	@Test
	void manyPartitionsAreNumberedToo() {
		this.partitions.count = 1000;
		insert(IntStream.range(0, 300)
			.mapToObj((number) -> message(ORDERS, "key" + number % 150, "m" + number))
			.toArray(OutboxRecord[]::new));
		publish(claim(), 40);
		assertThat(this.numbers.wrong()).isEmpty();
		assertThat(this.numbers.last()).hasSizeGreaterThan(100);
	}

	private void publish(OutboxLog.Reader reader, int limit) {
		this.numbers.publish(reader, limit);
	}

}
