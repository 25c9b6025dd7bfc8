// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.OutboxLog.Aside;
import dev.idempotency.relay.OutboxLog.Page;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.JdbcEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node that stops in the middle of a transaction, with its locks held.
 */
class StoppedNodeIT extends AbstractLogFixture {

	@Test
	void itHoldsUpNoLanesButItsOwn() throws SQLException {
		List<Lease> others = this.leases.subList(32, 64);
		this.lanes.release("one", others);
		List<Lease> gained = this.lanes.acquire("two", others.stream().map(Lease::lane).toList(), LONG);
		log("one").claim(ORDERS, this.leases.subList(0, 32)).orElseThrow();
		try (Connection stopped = this.database.dataSource().getConnection()) {
			stopped.setAutoCommit(false);
			stopped.createStatement()
				.execute("SELECT FROM idempotency_outbox_cursor WHERE lanes = " + 0xFFFFFFFFL + " FOR UPDATE");
			write(0, 20);
			List<String> ofTwo = names(0, 20).stream()
				.filter((id) -> isOfTwo(Integer.parseInt(id.substring(1))))
				.toList();
			assertThat(drain(log("two").claim(ORDERS, gained).orElseThrow(), 10)).isNotEmpty().isEqualTo(ofTwo);
			stopped.rollback();
		}
	}

	private static boolean isOfTwo(int number) {
		return message(ORDERS, "k" + number % 7, "m" + number).lane() >= 32;
	}

	/**
	 * What the database would wait for until it finds the connection dead.
	 */
	@Test
	void theDatabaseEndsEachTransactionInWhichItStops() {
		write(0, 20);
		FaultyDataSource watched = new FaultyDataSource(this.database.dataSource());
		List<String> bounds = new ArrayList<>();
		watched.before((event) -> event.kind() == JdbcEvent.Kind.COMMIT, (event, connection) -> {
			try (var found = connection.createStatement().executeQuery("SHOW idle_in_transaction_session_timeout")) {
				found.next();
				bounds.add(found.getString(1));
			}
		});
		PostgresOutboxLog log = log(watched, "one");
		OutboxLog.Reader reader = log.claim(ORDERS, this.leases).orElseThrow();
		Page page = reader.next(10).orElseThrow();
		OutboxRecord refused = page.messages().get(0);
		reader.close(page, List.of(new Aside(refused, 1, "too large")), 10).orElseThrow();
		assertThat(bounds).hasSizeGreaterThanOrEqualTo(2).containsOnly("10s");
		bounds.clear();
		log.tidy();
		this.now += Duration.ofHours(1).toNanos();
		log.tidy();
		assertThat(bounds).containsExactly("10s");
	}

}
