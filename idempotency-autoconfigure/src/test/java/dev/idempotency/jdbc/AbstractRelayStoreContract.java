// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.RelayStore;
import dev.idempotency.relay.RelayStore.Batch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every store of the relay keeps to.
 */
abstract class AbstractRelayStoreContract extends AbstractStoreContract {

	static final String ORDERS = "kafka:orders";

	private static final List<Integer> ALL = IntStream.range(0, Lanes.COUNT).boxed().toList();

	JdbcLaneStore lanes;

	RelayStore store;

	List<Lease> leases;

	@BeforeEach
	void create() {
		this.lanes = new JdbcLaneStore(this.database.dataSource(), this.database.dialect());
		this.store = new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "one");
		this.leases = this.lanes.acquire("one", ALL, LONG);
	}

	@Test
	void destinationsAreThoseWithMessages() {
		assertThat(this.store.destinations()).isEmpty();
		insert(message("rabbit:a", "k", "1"), message(ORDERS, "k", "2"), message(ORDERS, "l", "3"),
				message("kafka:Orders", "k", "4"));
		assertThat(this.store.destinations()).containsExactlyInAnyOrder("rabbit:a", ORDERS, "kafka:Orders");
		assertThat(ids(read(10))).containsExactly("2", "3");
	}

	@Test
	void messagesComeInTheOrderOfTheirInsertion() {
		OutboxRecord[] messages = IntStream.range(0, 300)
			.mapToObj((index) -> message(ORDERS, "k" + index % 50, "m" + index))
			.toArray(OutboxRecord[]::new);
		insert(messages);
		assertThat(ids(read(1000)))
			.containsExactly(IntStream.range(0, 300).mapToObj((i) -> "m" + i).toArray(String[]::new));
		assertThat(read(200).messages()).hasSize(200);
	}

	@Test
	void aBatchHoldsTheHeadOfEveryLaneHoweverTheyAreFilled() {
		OutboxRecord[] messages = IntStream.range(0, 400)
			.mapToObj((index) -> message(ORDERS, (index % 40 == 39) ? "other" + index : "hot", "m" + index))
			.toArray(OutboxRecord[]::new);
		insert(messages);
		List<OutboxRecord> read = read(200).messages();
		assertThat(read).hasSize(200);
		for (int lane : ALL) {
			List<String> expected = IntStream.range(0, 400)
				.mapToObj((index) -> messages[index])
				.filter((message) -> message.lane() == lane)
				.map(OutboxRecord::id)
				.toList();
			List<String> ofLane = read.stream()
				.filter((message) -> message.lane() == lane)
				.map(OutboxRecord::id)
				.toList();
			assertThat(ofLane).isEqualTo(expected.subList(0, ofLane.size()));
		}
	}

	@Test
	void largePayloadsEndABatchEarlier() {
		insert(IntStream.range(0, 20)
			.mapToObj((index) -> new OutboxRecord(0, index, "m" + index, ORDERS, null, "k", "type", "source", WRITTEN,
					Map.of(), "text/plain", new byte[1024 * 1024], 0))
			.toArray(OutboxRecord[]::new));
		assertThat(ids(read(500))).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7");
		assertThat(ids(read(1))).containsExactly("m0");
	}

	@Test
	void onlyLeasedLanesAreRead() {
		insert(message(ORDERS, "a", "1"), message(ORDERS, "b", "2"));
		int lane = Lanes.of("b", "2");
		assertThat(lane).isNotEqualTo(Lanes.of("a", "1"));
		assertThat(ids(this.store.read(ORDERS, List.of(this.leases.get(lane)), 10))).containsExactly("2");
		assertThat(this.store.read(ORDERS, List.of(), 10).messages()).isEmpty();
	}

	@Test
	void whatIsNotSettledIsReadAgainAndWhatIsNotAnyMore() {
		insert(message(ORDERS, "a", "1"), message(ORDERS, "b", "2"), message(ORDERS, "c", "3"));
		Batch batch = read(10);
		assertThat(this.store.settle(batch, positions(batch, "1", "3"))).isTrue();
		assertThat(ids(read(10))).containsExactly("2");
		assertThat(this.store.settle(batch, positions(batch, "1", "3"))).isTrue();
		assertThat(this.store.settle(batch, List.of())).isTrue();
		assertThat(this.database.count("idempotency_outbox")).isEqualTo(1);
	}

	@Test
	void aMessageThatCommitsLateIsNotLost() throws Exception {
		JdbcOutboxStore outbox = new JdbcOutboxStore(this.database.dataSource(), this.database.dialect());
		this.database.inTransaction(() -> {
			outbox.insert(message(ORDERS, "a", "early"));
			together(1, () -> {
				insert(message(ORDERS, "b", "late"));
				Batch batch = read(10);
				assertThat(ids(batch)).containsExactly("late");
				return this.store.settle(batch, positions(batch, "late"));
			});
			return true;
		});
		assertThat(ids(read(10))).containsExactly("early");
	}

	@Test
	void anOldEpochChangesNothing() {
		insert(message(ORDERS, "a", "1"));
		Batch batch = read(10);
		OutboxRecord message = batch.messages().get(0);
		Lease old = this.leases.get(message.lane());
		this.lanes.acquire("one", List.of(message.lane()), LONG);
		assertFenced(batch, old, message);
	}

	@Test
	void anotherOwnerChangesNothing() {
		insert(message(ORDERS, "a", "1"));
		Batch batch = read(10);
		OutboxRecord message = batch.messages().get(0);
		Lease held = this.leases.get(message.lane());
		this.store = new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "two");
		assertFenced(batch, held, message);
	}

	private void assertFenced(Batch batch, Lease lease, OutboxRecord message) {
		assertThat(this.store.settle(batch, List.of(message.position()))).isFalse();
		assertThat(this.store.refused(lease, message, "no")).isFalse();
		assertThat(this.store.park(lease, message, "no", true)).isFalse();
		assertThat(this.store.parkBehind(batch, batch.messages(), "no")).isEmpty();
		assertThat(read(10).messages()).usingRecursiveFieldByFieldElementComparator().containsExactly(message);
		assertThat(this.database.count("idempotency_outbox_parked")).isZero();
		assertThat(this.store.haltedKeys(ORDERS)).isEmpty();
	}

	@Test
	void aLeaseLostForOneLaneLeavesTheOthersUnharmed() {
		insert(message(ORDERS, "a", "1"), message(ORDERS, "b", "2"));
		Batch batch = read(10);
		this.lanes.acquire("one", List.of(Lanes.of("a", "1")), LONG);
		assertThat(this.store.settle(batch, positions(batch, "1", "2"))).isFalse();
		assertThat(this.database.count("idempotency_outbox")).isEqualTo(2);
		assertThat(this.store.settle(batch, positions(batch, "2"))).isTrue();
		assertThat(ids(read(10))).containsExactly("1");
	}

	@ParameterizedTest
	@EnumSource(names = { "SHARED", "SINGLE" })
	void aTakeOverPassesOverTheLanesOfAChangeInFlight(LaneLock lock) throws Exception {
		insert(message(ORDERS, "a", "1"));
		List<Lease> concerned = this.leases.subList(0, Lanes.COUNT / 2);
		this.database.inTransaction(() -> {
			lockHeld(lock, concerned);
			assertThat(takeOver()).containsExactlyElementsOf(ALL.subList(Lanes.COUNT / 2, Lanes.COUNT));
			return this.database.jdbc().update("DELETE FROM idempotency_outbox");
		});
		assertThat(takeOver()).containsAll(ALL.subList(0, Lanes.COUNT / 2));
		assertThat(read(10).messages()).isEmpty();
	}

	@Test
	void aChangeWaitsForATakeOverInFlightAndIsFenced() throws Exception {
		insert(message(ORDERS, "a", "1"));
		Batch batch = read(10);
		OutboxRecord message = batch.messages().get(0);
		Lease lease = this.leases.get(message.lane());
		List<Callable<Boolean>> changes = List.of(() -> this.store.settle(batch, positions(batch, "1")),
				() -> this.store.refused(lease, message, "no"), () -> this.store.park(lease, message, "no", true));
		List<Future<Boolean>> waiting = new ArrayList<>();
		this.database.inTransaction(() -> {
			assertThat(LaneSql.lockFree(this.database.jdbc(), this.database.dialect(), "one", List.of(lease.lane())))
				.hasSize(1);
			this.database.jdbc().update("UPDATE idempotency_lane SET epoch = epoch + 1 WHERE lane = " + lease.lane());
			changes.forEach((change) -> waiting.add(inBackground(change)));
			for (Future<Boolean> change : waiting) {
				assertThatExceptionOfType(TimeoutException.class)
					.isThrownBy(() -> change.get(200, TimeUnit.MILLISECONDS));
			}
			return true;
		});
		for (Future<Boolean> change : waiting) {
			assertThat(change.get(30, TimeUnit.SECONDS)).isFalse();
		}
		assertThat(read(10).messages()).usingRecursiveFieldByFieldElementComparator().containsExactly(message);
	}

	final void lockHeld(LaneLock lock, List<Lease> concerned) {
		assertThat(LaneSql.lockHeld(this.database.jdbc(), this.database.dialect(), lock, "one", concerned))
			.isEqualTo(concerned);
	}

	/**
	 * The owner itself may take its lanes once more.
	 */
	final List<Integer> takeOver() throws Exception {
		List<Lease> taken = together(1, () -> this.lanes.acquire("one", ALL, LONG)).get(0);
		return taken.stream().map(Lease::lane).toList();
	}

	@Test
	void refusalsAreCounted() {
		insert(message(ORDERS, "a", "1"));
		OutboxRecord message = read(10).messages().get(0);
		Lease lease = this.leases.get(message.lane());
		assertThat(this.store.refused(lease, message, "x".repeat(5000))).isTrue();
		assertThat(this.store.refused(lease, message, "again\u0000")).isTrue();
		assertThat(read(10).messages().get(0).attempts()).isEqualTo(2);
	}

	@Test
	void aParkedMessageIsKeptInFullAndItsKeyHaltedIfWanted() {
		insert(message(ORDERS, "a", "1"), message(ORDERS, "a ", "2"), message(ORDERS, null, "3"));
		List<OutboxRecord> messages = read(10).messages();
		for (int repeat = 0; repeat < 2; repeat++) {
			assertThat(park(messages.get(0), true)).isTrue();
			assertThat(park(messages.get(1), false)).isTrue();
			assertThat(park(messages.get(2), true)).isTrue();
		}
		assertThat(read(10).messages()).isEmpty();
		assertThat(this.store.haltedKeys(ORDERS)).isEqualTo(Set.of("a"));
		assertThat(this.store.haltedKeys("kafka:other")).isEmpty();
		assertThat(this.database.jdbc()
			.queryForList("SELECT message_id FROM idempotency_outbox_parked WHERE reason = 'poison' ORDER BY id",
					String.class))
			.containsExactly("1", "2", "3");
	}

	@Test
	void keysThatDifferInATrailingBlankAreHaltedEachForItself() {
		insert(message(ORDERS, "a", "1"), message(ORDERS, "a ", "2"), message(ORDERS, "A", "3"));
		read(10).messages().forEach((message) -> park(message, true));
		assertThat(this.store.haltedKeys(ORDERS)).isEqualTo(Set.of("a", "a ", "A"));
	}

	@Test
	void theBacklogIsCountedUpToItsCap() {
		assertThat(this.store.backlog(ORDERS, 10)).isEqualTo(new RelayStore.Backlog(0, Duration.ZERO));
		insert(IntStream.range(0, 20).mapToObj((i) -> message(ORDERS, "k" + i, "m" + i)).toArray(OutboxRecord[]::new));
		RelayStore.Backlog backlog = this.store.backlog(ORDERS, 15);
		assertThat(backlog.depth()).isEqualTo(15);
		assertThat(backlog.oldest()).isGreaterThan(Duration.ofDays(30));
		assertThat(this.store.backlog(ORDERS, 100).depth()).isEqualTo(20);
	}

	@Test
	void noCallJoinsTheCallersTransaction() {
		insert(message(ORDERS, "a", "1"));
		Batch batch = read(10);
		aloneInACallersTransaction(() -> this.store.settle(batch, positions(batch, "1")));
		assertThat(read(10).messages()).isEmpty();
	}

	final Batch read(int limit) {
		return this.store.read(ORDERS, this.leases, limit);
	}

	private boolean park(OutboxRecord message, boolean haltKey) {
		return this.store.park(this.leases.get(message.lane()), message, "poison", haltKey);
	}

	private static List<String> ids(Batch batch) {
		return batch.messages().stream().map(OutboxRecord::id).toList();
	}

	static List<Long> positions(Batch batch, String... ids) {
		return batch.messages()
			.stream()
			.filter((message) -> List.of(ids).contains(message.id()))
			.map(OutboxRecord::position)
			.toList();
	}

}
