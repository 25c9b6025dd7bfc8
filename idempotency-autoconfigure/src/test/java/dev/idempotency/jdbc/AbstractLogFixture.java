// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A log on PostgreSQL, and the node {@code one} that has all lanes.
 */
abstract class AbstractLogFixture extends AbstractStoreContract {

	static final String ORDERS = "kafka:orders";

	static final int PLANNED = 50;

	JdbcLaneStore lanes;

	List<Lease> leases;

	long now;

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	@Override
	final OutboxStore outboxStore() {
		return new JdbcOutboxStore(this.database.dataSource(), this.database.dialect(), true);
	}

	@BeforeEach
	final void lease() {
		this.lanes = new JdbcLaneStore(this.database.dataSource(), this.database.dialect());
		this.leases = this.lanes.acquire("one", IntStream.range(0, Lanes.COUNT).boxed().toList(), LONG);
		this.database.jdbc().queryForList("SELECT setval('idempotency_outbox_segment', 0)");
	}

	final PostgresOutboxLog log(String node) {
		return log(this.database.dataSource(), node);
	}

	final PostgresOutboxLog log(DataSource dataSource, String node) {
		return log(new OwnTransactions(dataSource), node);
	}

	final PostgresOutboxLog log(OwnTransactions transactions, String node) {
		return new PostgresOutboxLog(transactions, node, Duration.ofMinutes(10), partitioning(), () -> this.now,
				PLANNED);
	}

	Partitioning partitioning() {
		return Partitioning.NONE;
	}

	final OutboxLog.Reader claim() {
		return log("one").claim(ORDERS, this.leases).orElseThrow();
	}

	final void write(int first, int end) {
		insert(IntStream.range(first, end)
			.mapToObj((number) -> message(ORDERS, "k" + number % 7, "m" + number))
			.toArray(OutboxRecord[]::new));
	}

	static List<String> ids(OutboxLog.Page page) {
		return page.messages().stream().map(OutboxRecord::id).toList();
	}

	static List<String> names(int first, int end) {
		return IntStream.range(first, end).mapToObj((number) -> "m" + number).toList();
	}

	/**
	 * Reads and closes until nothing waits.
	 */
	static List<String> drain(OutboxLog.Reader reader, int limit) {
		List<String> all = new java.util.ArrayList<>();
		OutboxLog.Page page = reader.next(limit).orElseThrow();
		while (!page.messages().isEmpty()) {
			assertThat(page.messages()).hasSizeLessThanOrEqualTo(limit);
			all.addAll(ids(page));
			reader.readAhead(limit);
			page = reader.close(page, List.of(), limit).orElseThrow();
		}
		return all;
	}

	final List<String> segment(int segment) {
		return this.database.jdbc()
			.queryForList("SELECT message_id FROM idempotency_outbox_log_" + segment + " ORDER BY id", String.class);
	}

}
