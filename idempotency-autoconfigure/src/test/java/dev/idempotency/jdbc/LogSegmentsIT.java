// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.List;

import dev.idempotency.relay.OutboxLog;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogSegmentsIT extends AbstractLogFixture {

	/**
	 * Long enough for the next turn, twice, as the first look only begins the period.
	 */
	private void aPeriodLater(PostgresOutboxLog log) {
		log.tidy();
		this.now += Duration.ofMinutes(5).toNanos();
		log.tidy();
	}

	@Test
	void whatWasPublishedIsKeptForAWhileAndThenTruncated() {
		PostgresOutboxLog log = log("one");
		OutboxLog.Reader reader = log.claim(ORDERS, this.leases).orElseThrow();
		write(0, 3);
		drain(reader, 10);
		aPeriodLater(log);
		write(3, 4);
		assertThat(segment(0)).isEqualTo(names(0, 3));
		assertThat(segment(1)).isEqualTo(names(3, 4));
		drain(reader, 10);
		aPeriodLater(log);
		write(4, 5);
		assertThat(segment(0)).isEqualTo(names(0, 3));
		drain(reader, 10);
		aPeriodLater(log);
		assertThat(segment(0)).isEmpty();
		write(5, 6);
		assertThat(segment(0)).isEqualTo(names(5, 6));
		assertThat(drain(reader, 10)).isEqualTo(names(5, 6));
	}

	@Test
	void anEmptySegmentIsNotLeft() {
		PostgresOutboxLog log = log("one");
		aPeriodLater(log);
		aPeriodLater(log);
		write(0, 1);
		assertThat(segment(0)).isEqualTo(names(0, 1));
	}

	@Test
	void nothingUnreadIsTruncatedWhoeverShouldReadIt() {
		PostgresOutboxLog log = log("one");
		OutboxLog.Reader reader = log.claim(ORDERS, this.leases).orElseThrow();
		write(0, 3);
		assertThat(reader.next(10).orElseThrow().messages()).hasSize(3);
		insert(message("kafka:nobody", "k", "unseen"));
		turnTwice(log);
		aPeriodLater(log);
		assertThat(segment(0)).containsExactly("m0", "m1", "m2", "unseen");
		drain(claim(), 10);
		aPeriodLater(log);
		assertThat(segment(0)).hasSize(4);
		drain(log.claim("kafka:nobody", this.leases).orElseThrow(), 10);
		aPeriodLater(log);
		assertThat(segment(0)).isEmpty();
	}

	@Test
	void aTransactionThatIsStillOpenKeepsItsSegment() {
		PostgresOutboxLog log = log("one");
		OutboxLog.Reader reader = log.claim(ORDERS, this.leases).orElseThrow();
		this.database.inTransaction(() -> {
			write(0, 1);
			together(1, () -> {
				write(1, 2);
				drain(reader, 10);
				turnTwice(log);
				aPeriodLater(log);
				return true;
			});
			return true;
		});
		assertThat(segment(0)).isEqualTo(names(0, 2));
		aPeriodLater(log);
		assertThat(segment(0)).isEqualTo(names(0, 2));
		assertThat(drain(reader, 10)).contains("m0");
		aPeriodLater(log);
		assertThat(segment(0)).isEmpty();
	}

	private void turnTwice(PostgresOutboxLog log) {
		for (int i = 0; i < 2; i++) {
			aPeriodLater(log);
			insert(message("kafka:filler", "k", "filler" + i));
			drain(log.claim("kafka:filler", this.leases).orElseThrow(), 10);
		}
	}

	@Test
	void onAnotherServerEverythingNotKnownToBePublishedIsPublishedUnderTheSameIds() {
		write(0, 5);
		OutboxLog.Reader reader = claim();
		drain(reader, 10);
		write(5, 15);
		OutboxLog.Page page = reader.next(4).orElseThrow();
		reader.close(page, List.of(), 0).orElseThrow();
		this.database.jdbc().execute("UPDATE idempotency_meta SET setting = '1' WHERE name = 'outbox-log-system'");
		write(15, 17);
		this.database.jdbc().execute("UPDATE idempotency_outbox_log SET xid = '3' WHERE message_id IN ('m15', 'm16')");
		assertThat(drain(claim(), 10)).isEmpty();
		assertThat(new JdbcRelayStore(this.database.dataSource(), this.database.dialect(), "one")
			.read(ORDERS, this.leases, 100)
			.messages()).extracting((message) -> message.id()).containsExactlyElementsOf(names(9, 17));
		write(17, 18);
		OutboxLog.Page next = claim().next(10).orElseThrow();
		assertThat(ids(next)).containsExactly("m17");
		assertThat(next.held()).isEqualTo(java.util.Set.of("k3"));
	}

}
