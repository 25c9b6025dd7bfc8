// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.ParkedOutbox.HaltedKey;
import dev.idempotency.relay.ParkedOutbox.Resend;
import dev.idempotency.relay.RelayStore.Batch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What is parked behind a halted key, and how it comes back.
 */
abstract class AbstractParkedOutboxContract extends AbstractStoreContract {

	private static final String ORDERS = "kafka:orders";

	private final List<String> woken = new ArrayList<>();

	private JdbcRelayStore store;

	private JdbcParkedOutbox parked;

	private List<Lease> leases;

	@BeforeEach
	void create() {
		this.woken.clear();
		this.store = new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "one");
		this.parked = new JdbcParkedOutbox(this.database.dataSource(), this.database.dialect(),
				(destination, lane) -> this.woken.add(destination + " " + lane));
		this.leases = new JdbcLaneStore(this.database.dataSource(), this.database.dialect()).acquire("one",
				IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG);
	}

	@Test
	void messagesAreParkedBehindTheirHaltedKeysAtOnce() {
		halt("a");
		insert(message(ORDERS, "a", "2"), message(ORDERS, "b", "3"), message(ORDERS, "a", "4"));
		Batch batch = read();
		List<OutboxRecord> behind = batch.messages();
		for (int repeat = 0; repeat < 2; repeat++) {
			assertThat(this.store.parkBehind(batch, behind, "behind")).hasValueSatisfying(
					(aside) -> assertThat(aside).extracting(OutboxRecord::id).containsExactly("2", "4"));
		}
		assertThat(waiting()).containsExactly("3");
		assertThat(this.parked.newest(2)).extracting("messageId", "destination", "key", "reason")
			.containsExactly(tuple("4", ORDERS, "a", "behind"), tuple("2", ORDERS, "a", "behind"));
	}

	@Test
	void aMessageGivenUpIsGoneAndThoseBehindItStillWait() {
		halt("a");
		insert(message(ORDERS, "a", "2"));
		Batch batch = read();
		this.store.parkBehind(batch, batch.messages(), "behind");
		String head = this.parked.newest(2).get(1).id();
		assertThat(this.parked.discard(head))
			.hasValueSatisfying((gone) -> assertThat(gone.messageId()).isEqualTo("head of a"));
		assertThat(this.parked.discard(head)).isEmpty();
		assertThat(this.parked.discard("none")).isEmpty();
		assertThat(this.store.haltedKeys(ORDERS)).containsExactly("a");
		assertThat(this.parked.resume(ORDERS, "a")).hasValue(1);
		assertThat(waiting()).containsExactly("2");
	}

	@Test
	void nothingIsParkedBehindAKeyThatWasResumed() {
		halt("a");
		insert(message(ORDERS, "a", "2"));
		Batch batch = read();
		assertThat(this.parked.resume(ORDERS, "a")).hasValue(1);
		assertThat(this.store.parkBehind(batch, batch.messages(), "behind")).contains(List.of());
		assertThat(this.store.haltedKeys(ORDERS)).isEmpty();
		assertThat(waiting()).containsExactly("head of a", "2");
	}

	@Test
	void parkingWaitsForAResumeInFlightAndSeesWhatItDid() throws Exception {
		halt("a");
		insert(message(ORDERS, "a", "2"));
		Batch batch = read();
		CompletableFuture<List<OutboxRecord>> aside = whileLocked("a",
				() -> this.store.parkBehind(batch, batch.messages(), "behind").orElseThrow(),
				() -> this.database.jdbc().update("DELETE FROM idempotency_halted_key"));
		assertThat(aside.get(30, TimeUnit.SECONDS)).isEmpty();
		assertThat(waiting()).containsExactly("2");
	}

	@Test
	void resumeWaitsForParkingInFlightAndTakesAllOfIt() throws Exception {
		halt("a");
		insert(message(ORDERS, "a", "2"));
		CompletableFuture<OptionalInt> resumed = whileLocked("a", () -> this.parked.resume(ORDERS, "a"),
				() -> this.database.jdbc()
					.update("INSERT INTO idempotency_outbox_parked (" + OutboxSql.COLUMNS
							+ ", parked_at, reason) SELECT " + OutboxSql.COLUMNS
							+ ", created_at, 'behind' FROM idempotency_outbox")
						+ this.database.jdbc().update("DELETE FROM idempotency_outbox"));
		assertThat(resumed.get(30, TimeUnit.SECONDS)).hasValue(2);
		assertThat(waiting()).containsExactly("head of a", "2");
	}

	@Test
	void resumedMessagesAreInFrontOfLaterOnesAndHaveAllTheirAttempts() {
		halt("a");
		halt("a ");
		insert(message(ORDERS, "a", "later"));
		assertThat(this.parked.haltedKeys(10)).extracting(HaltedKey::key).containsExactlyInAnyOrder("a", "a ");
		assertThat(this.parked.resume(ORDERS, "a")).hasValue(1);
		assertThat(read().messages()).extracting(OutboxRecord::id).containsExactly("head of a", "later");
		assertThat(read().messages()).extracting(OutboxRecord::attempts).containsOnly(0);
		assertThat(this.store.haltedKeys(ORDERS)).containsExactly("a ");
		assertThat(this.parked.counts(10)).isEqualTo(Map.of(ORDERS, 1L));
		assertThat(this.woken).containsExactly(ORDERS + " " + Lanes.of("a", ""));
		insert(message(ORDERS, "a", "new"));
		assertThat(waiting()).as("ids go on behind the old ones").containsExactly("head of a", "later", "new");
	}

	@Test
	void aKeyThatIsNotHaltedIsNotResumed() {
		halt("a");
		assertThat(this.parked.resume(ORDERS, "b")).isEmpty();
		assertThat(this.parked.resume("kafka:other", "a")).isEmpty();
		assertThat(this.woken).isEmpty();
		assertThat(this.parked.counts(10)).isEqualTo(Map.of(ORDERS, 1L));
	}

	@Test
	void oneMessageIsSentAgainUnlessItsKeyIsHalted() throws Exception {
		halt("a");
		park("b", false);
		park(null, false);
		List<String> ids = this.parked.newest(10).stream().map((entry) -> entry.id()).toList();
		assertThat(this.parked.resend(ids.get(2))).isEqualTo(Resend.KEY_HALTED);
		assertThat(together(3, () -> this.parked.resend(ids.get(1)))).containsOnlyOnce(Resend.WAITING);
		assertThat(this.parked.resend(ids.get(0))).isEqualTo(Resend.WAITING);
		assertThat(this.parked.resend(ids.get(0))).isEqualTo(Resend.UNKNOWN);
		assertThat(this.parked.resend("x")).isEqualTo(Resend.UNKNOWN);
		assertThat(waiting()).containsExactly("head of b", "head of null");
		assertThat(this.woken).hasSize(2);
	}

	@Test
	void countsAreCappedPerDestination() {
		IntStream.range(0, 4).forEach((i) -> park("k" + i, true));
		insert(message("rabbit:a", "x", "1"));
		Batch batch = this.store.read("rabbit:a", this.leases, 1);
		this.store.park(this.leases.get(batch.messages().get(0).lane()), batch.messages().get(0), "no", false);
		assertThat(this.parked.counts(3)).isEqualTo(Map.of(ORDERS, 3L, "rabbit:a", 1L));
	}

	/**
	 * Begins something while the lane of a key is locked, which must wait for that.
	 */
	private <T> CompletableFuture<T> whileLocked(String key, Callable<T> begun, Callable<Integer> change) {
		CompletableFuture<T> result = new CompletableFuture<>();
		this.database.inTransaction(() -> {
			LaneSql.lock(this.database.jdbc(), Lanes.of(key, ""));
			CompletableFuture.runAsync(() -> {
				try {
					result.complete(begun.call());
				}
				catch (Exception ex) {
					result.completeExceptionally(ex);
				}
			});
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> result.get(500, TimeUnit.MILLISECONDS));
			return change.call();
		});
		return result;
	}

	private void halt(String key) {
		park(key, true);
	}

	private void park(String key, boolean halt) {
		insert(message(ORDERS, key, "head of " + key));
		OutboxRecord last = read().messages().stream().reduce((one, other) -> other).orElseThrow();
		Lease lease = this.leases.get(last.lane());
		this.store.refused(lease, last, "no");
		assertThat(this.store.park(lease, last, "poison", halt)).isTrue();
	}

	private Batch read() {
		return this.store.read(ORDERS, this.leases, 100);
	}

	private List<String> waiting() {
		return read().messages().stream().map(OutboxRecord::id).toList();
	}

}
