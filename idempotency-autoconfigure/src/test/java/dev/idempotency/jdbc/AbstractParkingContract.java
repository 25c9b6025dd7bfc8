// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.Replay;
import dev.idempotency.delivery.Replays;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.jdbc.InboxPurge.Purged;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.relay.Lease;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What is kept about messages that fail, and what is removed when.
 */
abstract class AbstractParkingContract extends AbstractStoreContract {

	private static final EffectKey KEY = new EffectKey("flow", "source", "id");

	private static final Duration NOW = Duration.ofMillis(-1);

	private JdbcAttempts attempts;

	private JdbcParkingLot lot;

	@BeforeEach
	void create() {
		this.attempts = new JdbcAttempts(this.database.dataSource(), this.database.dialect());
		this.lot = new JdbcParkingLot(this.database.dataSource(), this.database.dialect(),
				new JdbcStreams(this.database.dataSource(), this.database.dialect()));
	}

	@Test
	void failuresAreCountedPerMessageUntilTheyAreForgotten() {
		assertThat(this.attempts.failed(KEY, "first")).isEqualTo(1);
		assertThat(this.attempts.failed(KEY, "second \u0000" + "x".repeat(3000))).isEqualTo(2);
		assertThat(this.attempts.failed(new EffectKey("flow", "source", "ID"), "other")).isEqualTo(1);
		this.attempts.forget(KEY);
		assertThat(this.attempts.failed(KEY, "again")).isEqualTo(1);
	}

	@Test
	void noFailureIsCountedTwiceOrLostWhenManyCount() throws Exception {
		assertThat(together(6, () -> this.attempts.failed(KEY, "at once"))).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
	}

	@Test
	void aFailureIsCountedThoughTheCallerRollsBack() {
		aloneInACallersTransaction(() -> this.attempts.failed(KEY, "first"));
		assertThat(this.attempts.failed(KEY, "second")).isEqualTo(2);
	}

	@Test
	void aMessageIsParkedOnceAndOtherContentAtTheSamePositionAsWell() throws Exception {
		together(4, () -> {
			this.lot.park(parked("a", "q@1", "body"));
			return true;
		});
		this.lot.park(parked("a", "q@1", "another body"));
		this.lot.park(parked("b", "q@1", "body"));
		assertThat(this.lot.newest(10)).hasSize(3);
		assertThat(this.lot.newest(1)).singleElement()
			.satisfies((entry) -> assertThat(entry.flow()).isEqualTo("b"))
			.satisfies((entry) -> assertThat(entry.origin()).isEqualTo("rabbit:queue q@1"));
	}

	@Test
	void whateverAMessageHoldsItCanBeParked() {
		this.lot.park(new ParkedMessage("a", ParkedMessage.Reason.UNREADABLE, "kafka", "c\u0000".repeat(300),
				"p".repeat(2000), "key\u0000", Map.of("h\u0000", "\u0000"), new byte[0], 3, "\u0000".repeat(4000),
				new EffectKey("a", "s", "\u0000")));
		String id = this.lot.newest(10).get(0).id();
		assertThat(this.lot.take(id).orElseThrow().identity()).isNull();
	}

	@Test
	void countsAreCappedPerFlow() {
		IntStream.range(0, 5).forEach((i) -> this.lot.park(parked("a", "q@" + i, "body")));
		this.lot.park(parked("b", "q@1", "body"));
		assertThat(this.lot.counts(3)).isEqualTo(Map.of("a", 3L, "b", 1L));
	}

	@Test
	void aMessageIsTakenBackOnceInFull() throws Exception {
		ParkedMessage message = parked("a", "q@1", "body");
		this.lot.park(message);
		String id = this.lot.newest(1).get(0).id();
		List<Optional<ParkedMessage>> taken = together(4, () -> this.lot.take(id));
		assertThat(taken).filteredOn(Optional::isPresent)
			.singleElement()
			.satisfies((one) -> assertThat(one.orElseThrow()).usingRecursiveComparison().isEqualTo(message));
		assertThat(this.lot.newest(10)).isEmpty();
		assertThat(this.lot.counts(10)).isEmpty();
		assertThat(this.lot.take("no number")).isEmpty();
		assertThat(this.lot.take("9".repeat(30))).isEmpty();
	}

	@Test
	void aMessageTakenInATransactionThatRollsBackStaysParked() {
		this.lot.park(parked("a", "q@1", "body"));
		String id = this.lot.newest(1).get(0).id();
		assertThat(this.database.rolledBack(() -> this.lot.take(id))).isPresent();
		assertThat(this.lot.newest(10)).extracting(ParkedMessages.Entry::id).containsExactly(id);
	}

	@Test
	void aMessageIsDiscardedOnceAndNeverReplayed() throws Exception {
		this.lot.park(parked("a", "q@1", "body"));
		String id = this.lot.newest(1).get(0).id();
		assertThat(together(4, () -> this.lot.discard(id))).containsOnlyOnce(true);
		assertThat(this.lot.take(id)).isEmpty();
		assertThat(this.lot.counts(10)).isEmpty();
		assertThat(this.lot.discard("no number")).isFalse();
		assertThat(purge(100).purge(LONG, LONG).replayed()).isZero();
		assertThat(purge(100).purge(NOW, NOW).replayed()).isEqualTo(1);
	}

	@Test
	void theOldestOfAFlowComeFirst() {
		IntStream.range(0, 4).forEach((i) -> this.lot.park(parked((i == 1) ? "b" : "a", "q@" + i, "body")));
		List<String> all = this.lot.newest(10).stream().map(ParkedMessages.Entry::id).toList();
		assertThat(this.lot.oldest("a", 2)).containsExactly(all.get(3), all.get(1));
		this.lot.discard(all.get(3));
		assertThat(this.lot.oldest("a", 10)).containsExactly(all.get(1), all.get(0));
	}

	@Test
	void aReplayIsTakenAndWrittenOrNeither() {
		this.lot.park(parked("a", "q@1", "body"));
		String id = this.lot.newest(1).get(0).id();
		JdbcOutboxStore outbox = new JdbcOutboxStore(this.database.dataSource(), this.database.dialect());
		assertThatIllegalStateException().isThrownBy(() -> replays(new OutboxStore() {

			@Override
			public void insert(OutboxRecord message) {
				outbox.insert(message);
				throw new IllegalStateException("killed");
			}

			@Override
			public void afterCommit(Runnable callback) {
				outbox.afterCommit(callback);
			}

		}).replay(id));
		assertThat(this.lot.newest(10)).extracting(ParkedMessages.Entry::id).containsExactly(id);
		assertThat(this.database.count("idempotency_outbox")).isZero();
		aloneInACallersTransaction(() -> replays(outbox).replay(id));
		assertThat(this.lot.newest(10)).isEmpty();
		assertThat(this.database.jdbc().queryForList("SELECT message_id FROM idempotency_outbox", String.class))
			.containsExactly("id of body");
		assertThat(replays(outbox).replay(id)).isEqualTo(new Replay.Unknown());
		assertThat(this.database.count("idempotency_outbox")).isEqualTo(1);
	}

	private Replays replays(OutboxStore outbox) {
		return new Replays(this.lot, outbox, new JdbcTransactions(this.database.dataSource()), (destination, lane) -> {
		}, Set.of("rabbit"), Clock.systemUTC());
	}

	@Test
	void onlyWhatIsPastItsRetentionIsPurged() {
		claim("old", OVER);
		claim("young", LONG);
		this.attempts.failed(KEY, "once");
		this.lot.park(parked("a", "q@1", "body"));
		this.lot.park(parked("a", "q@2", "body"));
		this.lot.take(this.lot.newest(1).get(0).id());
		InboxPurge purge = purge(100);
		assertThat(purge.purge(LONG, LONG)).isEqualTo(new Purged(1, 0, 0, false));
		assertThat(purge.purge(NOW, NOW)).isEqualTo(new Purged(0, 1, 1, false));
		assertThat(this.database.count("idempotency_inbox")).isEqualTo(1);
		assertThat(this.lot.newest(10)).hasSize(1);
	}

	@Test
	void whatIsUnsentParkedOrHaltedIsNeverPurged() {
		insert(message("kafka:orders", "a", "1"), message("kafka:orders", "b", "2"));
		JdbcRelayStore relay = new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "one");
		List<Lease> leases = new JdbcLaneStore(this.database.dataSource(), this.database.dialect()).acquire("one",
				IntStream.range(0, 64).boxed().toList(), LONG);
		relay.read("kafka:orders", leases, 1)
			.messages()
			.forEach((message) -> relay.park(leases.get(message.lane()), message, "poison", true));
		this.lot.park(parked("a", "q@1", "body"));
		assertThat(purge(100).purge(NOW, NOW)).isEqualTo(new Purged(0, 0, 0, false));
		assertThat(this.database.count("idempotency_outbox")).isEqualTo(1);
		assertThat(this.database.count("idempotency_outbox_parked")).isEqualTo(1);
		assertThat(this.database.count("idempotency_halted_key")).isEqualTo(1);
		assertThat(this.lot.newest(10)).hasSize(1);
	}

	@Test
	void manyMayPurgeAtOnceInSmallBatches() throws Exception {
		this.database.inTransaction(() -> {
			IntStream.range(0, 500).forEach((i) -> claimNow("k" + i, OVER));
			return true;
		});
		claim("young", LONG);
		List<Integer> removed = together(3, () -> {
			InboxPurge purge = purge(50);
			int sum = 0;
			Purged purged;
			do {
				purged = purge.purge(LONG, LONG);
				sum += purged.inbox();
			}
			while (this.database.count("idempotency_inbox") > 1);
			return sum;
		});
		assertThat(removed.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
	}

	private InboxPurge purge(int batchSize) {
		return new InboxPurge(this.database.dataSource(), this.database.dialect(), batchSize);
	}

	private void claim(String id, Duration retention) {
		this.database.inTransaction(() -> claimNow(id, retention));
	}

	private Object claimNow(String id, Duration retention) {
		return new JdbcInbox(this.database.dataSource(), this.database.dialect())
			.claim(AbstractInboxContract.call(id, null, LONG, retention));
	}

	private static ParkedMessage parked(String flow, String position, String body) {
		return new ParkedMessage(flow, ParkedMessage.Reason.COLLISION, "rabbit", "queue", position, null,
				Map.of("x", "y"), body.getBytes(StandardCharsets.UTF_8), 2, "cause",
				new EffectKey(flow, "source of " + body, "id of " + body));
	}

}
