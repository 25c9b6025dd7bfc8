// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Transactions that each take the next number of a key, under the key's lock, and write a
 * message with it. Some take their transaction id long before the lock, pause anywhere,
 * roll back, or are prepared and committed by somebody else later.
 */
final class RaceWriters {

	private static final int KEYS = 9;

	private static final int THREADS = 14;

	private final MigratedDatabase database;

	private final JdbcOutboxStore outbox;

	private final JdbcTemplate jdbc;

	private final Queue<String> committed = new ConcurrentLinkedQueue<>();

	private final Queue<Prepared> prepared = new ConcurrentLinkedQueue<>();

	private final AtomicInteger rolledBack = new AtomicInteger();

	private final AtomicInteger everPrepared = new AtomicInteger();

	private final List<Thread> threads = new ArrayList<>();

	RaceWriters(MigratedDatabase database) {
		this.database = database;
		this.outbox = new JdbcOutboxStore(database.dataSource(), database.dialect(), true);
		this.jdbc = database.jdbc();
		this.jdbc
			.execute("CREATE TABLE aggregate AS SELECT key, 0 AS number FROM generate_series(1, " + KEYS + ") AS key");
	}

	void start(Duration duration) {
		long end = System.nanoTime() + duration.toNanos();
		for (int i = 0; i < THREADS; i++) {
			Random random = new Random(i);
			Thread thread = new Thread(() -> {
				while (System.nanoTime() < end) {
					write(random);
				}
			}, "writer-" + i);
			thread.start();
			this.threads.add(thread);
		}
	}

	private void write(Random random) {
		int key = 1 + random.nextInt(KEYS);
		boolean rollBack = random.nextInt(20) == 0;
		boolean prepare = random.nextInt(15) == 0;
		String[] id = new String[1];
		String name = "p" + this.everPrepared.get() + "-" + Thread.currentThread().getName() + "-" + random.nextInt();
		this.database.transactions().executeWithoutResult((status) -> {
			if (random.nextBoolean()) {
				this.jdbc.queryForObject("SELECT pg_current_xact_id()::text", String.class);
				pause(random, 40);
			}
			int number = next(key);
			id[0] = key + "/" + number;
			this.outbox.insert(new OutboxRecord(0, Lanes.of(String.valueOf(key), ""), id[0], "kafka:race", null,
					String.valueOf(key), "type", "source", Instant.EPOCH, Map.of(), "text/plain",
					id[0].getBytes(StandardCharsets.UTF_8), 0));
			pause(random, 20);
			if (rollBack) {
				status.setRollbackOnly();
			}
			else if (prepare) {
				this.jdbc.execute("PREPARE TRANSACTION '" + name + "'");
			}
		});
		if (rollBack) {
			this.rolledBack.incrementAndGet();
		}
		else if (prepare) {
			this.everPrepared.incrementAndGet();
			this.prepared.add(new Prepared(name, id[0]));
			commitOnePrepared();
		}
		else {
			this.committed.add(id[0]);
		}
	}

	private int next(int key) {
		Integer number = this.jdbc.queryForObject(
				"UPDATE aggregate SET number = number + 1 WHERE key = ? " + "RETURNING number", Integer.class, key);
		return (number != null) ? number : -1;
	}

	private void pause(Random random, int millis) {
		if (random.nextInt(3) == 0) {
			this.jdbc.queryForObject("SELECT pg_sleep(" + random.nextInt(millis) / 1000.0 + ")::text", String.class);
		}
	}

	boolean running() {
		return this.threads.stream().anyMatch(Thread::isAlive);
	}

	private boolean commitOnePrepared() {
		Prepared one = this.prepared.poll();
		if (one != null) {
			this.jdbc.execute("COMMIT PREPARED '" + one.name() + "'");
			this.committed.add(one.id());
		}
		return one != null;
	}

	void commitPrepared() {
		while (commitOnePrepared()) {
			Thread.onSpinWait();
		}
	}

	List<String> committed() {
		return List.copyOf(this.committed);
	}

	int rolledBack() {
		return this.rolledBack.get();
	}

	int prepared() {
		return this.everPrepared.get();
	}

	private record Prepared(String name, String id) {
	}

}
