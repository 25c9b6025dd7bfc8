// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;

class PostgresLogIT {

	@Nested
	class TwoNodes extends AbstractTwoNodesContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

		@Override
		OutboxStore outboxStore() {
			return new JdbcOutboxStore(this.database.dataSource(), this.database.dialect(), true);
		}

		@Override
		OutboxLog log(String node) {
			return new PostgresOutboxLog(new OwnTransactions(this.database.dataSource()), node, Duration.ofHours(1),
					Partitioning.NONE, System::nanoTime, 50);
		}

		@Override
		int waiting() {
			return super.waiting() + (int) log("test").backlog("scripted:orders", 1000).depth();
		}

	}

	@Nested
	class Outbox extends AbstractOutboxStoreContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

		@Override
		OutboxStore outboxStore() {
			return new JdbcOutboxStore(this.database.dataSource(), this.database.dialect(), true);
		}

		@Override
		String table() {
			return "idempotency_outbox_log";
		}

		@Override
		List<OutboxRecord> read(String destination) {
			List<Lease> leases = new JdbcLaneStore(this.database.dataSource(), this.database.dialect()).acquire("node",
					IntStream.range(0, dev.idempotency.outbox.Lanes.COUNT).boxed().toList(), LONG);
			return new PostgresOutboxLog(this.database.dataSource(), "node", Duration.ofHours(1), Partitioning.NONE)
				.claim(destination, leases)
				.orElseThrow()
				.next(100)
				.orElseThrow()
				.messages();
		}

	}

}
