// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.relay.Lease;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every outbox store keeps to.
 */
abstract class AbstractOutboxStoreContract extends AbstractStoreContract {

	private OutboxStore store;

	@BeforeEach
	void create() {
		this.store = outboxStore();
	}

	@Test
	void aMessageExistsIfAndOnlyIfItsTransactionCommits() {
		this.database.rolledBack(() -> {
			this.store.insert(message("kafka:orders", "k", "1"));
			return true;
		});
		assertThat(this.database.count(table())).isZero();
		insert(message("kafka:orders", "k", "2"));
		assertThat(read("kafka:orders")).extracting(OutboxRecord::id).containsExactly("2");
	}

	@Test
	void everyPartOfAMessageComesBackAsItWas() {
		OutboxRecord message = new OutboxRecord(0, 63, "ü'\"\\ 1", "rabbit:a exchange", "route.\u20ac", "K \t ", "type",
				"//source", WRITTEN, Map.of("quote\"", "line\nbreak \\ \u0000 \ud83d\ude00", "empty", ""),
				"application/json", new byte[] { 0, -1, 1, 127, -128 }, 0);
		insert(message);
		OutboxRecord read = read("rabbit:a exchange").get(0);
		assertThat(read.position()).isPositive();
		assertThat(read).usingRecursiveComparison().ignoringFields("position").isEqualTo(message);
	}

	@Test
	void absentPartsAndBigBodiesComeBack() {
		OutboxRecord message = new OutboxRecord(0, 0, "id", "kafka:orders", null, null, "type", "source", WRITTEN,
				Map.of(), "application/octet-stream", new byte[2_000_000], 0);
		insert(message);
		OutboxRecord read = read("kafka:orders").get(0);
		assertThat(read).usingRecursiveComparison().ignoringFields("position", "body").isEqualTo(message);
		assertThat(Arrays.equals(read.body(), message.body())).isTrue();
	}

	@Test
	void outsideAWritableTransactionNothingIsWritten() {
		assertRefused("no transaction is active", () -> this.store.insert(message("kafka:orders", "k", "1")));
		assertRefused("no transaction is active", () -> this.store.afterCommit(() -> {
		}));
		TransactionTemplate readOnly = this.database.transactions();
		readOnly.setReadOnly(true);
		assertRefused("read-only",
				() -> readOnly.executeWithoutResult((status) -> this.store.insert(message("kafka:orders", "k", "1"))));
		assertThat(this.database.count(table())).isZero();
	}

	@Test
	void whatDoesNotFitIsRefusedAndTheTransactionLives() {
		this.database.inTransaction(() -> {
			assertRefused("key of an outbox message has 1025 characters",
					() -> this.store.insert(message("kafka:orders", "k".repeat(1025), "1")));
			assertRefused("id of an outbox message contains a NUL",
					() -> this.store.insert(message("kafka:orders", "k", "1\u0000")));
			this.store.insert(message("kafka:orders", "k".repeat(1024), "i".repeat(1024)));
			return true;
		});
		assertThat(this.database.count(table())).isEqualTo(1);
	}

	@Test
	void theCallbackComesAfterTheCommitAndNeverAfterARollback() {
		List<String> calls = new ArrayList<>();
		this.database.inTransaction(() -> {
			this.store.afterCommit(() -> calls.add("committed"));
			calls.add("body");
			return true;
		});
		this.database.rolledBack(() -> {
			this.store.afterCommit(() -> calls.add("rolled back"));
			return true;
		});
		assertThat(calls).containsExactly("body", "committed");
	}

	@Test
	void aCallbackThatFailsIsNoFailureOfTheCaller() {
		List<String> calls = new ArrayList<>();
		this.database.inTransaction(() -> {
			this.store.afterCommit(() -> {
				throw new IllegalStateException("wake-up failed");
			});
			this.store.afterCommit(() -> calls.add("second"));
			return true;
		});
		assertThat(calls).containsExactly("second");
	}

	String table() {
		return "idempotency_outbox";
	}

	List<OutboxRecord> read(String destination) {
		List<Lease> all = IntStream.range(0, Lanes.COUNT).mapToObj((lane) -> new Lease(lane, 1)).toList();
		return new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "node")
			.read(destination, all, 100)
			.messages();
	}

	private static void assertRefused(@Nullable String reason, Runnable work) {
		assertThatExceptionOfType(OutboxException.class).isThrownBy(work::run).withMessageContaining(reason);
	}

}
