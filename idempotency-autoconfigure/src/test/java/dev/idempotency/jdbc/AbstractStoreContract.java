// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database for the tests of a class.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class AbstractStoreContract {

	static final Duration LONG = Duration.ofMinutes(10);

	/** Over before anybody can look. */
	static final Duration OVER = Duration.ofNanos(1000);

	static final Instant WRITTEN = Instant.parse("2026-03-29T01:30:00.123456Z");

	private final ExecutorService threads = Executors.newCachedThreadPool();

	MigratedDatabase database;

	abstract TestDatabase open();

	MigratedDatabase migrated() {
		return new MigratedDatabase(open());
	}

	@BeforeAll
	void migrate() {
		this.database = migrated();
	}

	@BeforeEach
	void empty() {
		this.database.empty();
	}

	@AfterAll
	void close() {
		this.threads.shutdownNow();
		if (this.database != null) {
			this.database.close();
		}
	}

	/**
	 * Does the same on several threads at the same moment.
	 */
	final <T> List<T> together(int count, Callable<T> work) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(count);
		List<Future<T>> futures = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			futures.add(this.threads.submit(() -> {
				barrier.await();
				return work.call();
			}));
		}
		List<T> results = new ArrayList<>();
		for (Future<T> future : futures) {
			results.add(future.get(50, TimeUnit.SECONDS));
		}
		return results;
	}

	final <T> Future<T> inBackground(Callable<T> work) {
		return this.threads.submit(work);
	}

	/**
	 * Does something inside a transaction that rolls back. Neither may touch the other.
	 */
	final void aloneInACallersTransaction(Callable<?> work) {
		this.database.rolledBack(() -> {
			this.database.jdbc().update("INSERT INTO business VALUES (1, 1)");
			return work.call();
		});
		assertThat(this.database.count("business")).isZero();
	}

	static OutboxRecord message(String destination, @Nullable String key, String id) {
		return new OutboxRecord(0, Lanes.of(key, id), id, destination, null, key, "type", "source", WRITTEN,
				Map.of("a", "b"), "text/plain", id.getBytes(StandardCharsets.UTF_8), 0);
	}

	OutboxStore outboxStore() {
		return new JdbcOutboxStore(this.database.dataSource(), this.database.dialect());
	}

	final void insert(OutboxRecord... messages) {
		OutboxStore store = outboxStore();
		this.database.inTransaction(() -> {
			for (OutboxRecord message : messages) {
				store.insert(message);
			}
			return messages.length;
		});
	}

}
