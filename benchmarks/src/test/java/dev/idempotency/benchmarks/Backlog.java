// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;

import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Many outbox messages that become visible by one commit, and what is known of their
 * publication.
 */
final class Backlog {

	private static final Duration TIMEOUT = Duration.ofMinutes(15);

	private static final int WRITTEN_SINGLY = 1_000;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final Outbox outbox;

	private final PublishedCount published;

	private final String multiply;

	Backlog(Environment environment) {
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.outbox = environment.bean(Outbox.class);
		this.published = environment.bean(PublishedCount.class);
		String columns = environment.ask("select string_agg(column_name, ', ' order by ordinal_position) "
				+ "from information_schema.columns where table_name = 'idempotency_outbox_log' "
				+ "and column_default is null");
		String values = columns.replace("message_id", "message_id || '-' || copy")
			.replace("msg_key", "msg_key || '-' || copy");
		this.multiply = "insert into idempotency_outbox_log (" + columns + ") select " + values
				+ " from idempotency_outbox_log, generate_series(1, ?) as copy where xid = pg_current_xact_id()";
	}

	/**
	 * Commits messages, each with a key of its own. Beyond the first thousand they are
	 * copies made by the database, in the lanes of their originals.
	 * @param messages how many, a multiple of 1,000 if there are more
	 * @return the time of the commit, of {@link System#nanoTime()}
	 */
	long commit(String destination, int messages) {
		int originals = Math.min(messages, WRITTEN_SINGLY);
		if (messages % originals != 0) {
			throw new IllegalArgumentException(messages + " is no multiple of " + WRITTEN_SINGLY);
		}
		this.published.expect(messages);
		long[] committed = new long[1];
		this.transaction.executeWithoutResult((status) -> {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
				@Override
				public void afterCommit() {
					committed[0] = System.nanoTime();
				}
			});
			Payment.some(originals).forEach((payment) -> this.outbox.publish(message(destination, payment)));
			if (messages > originals) {
				this.jdbc.update(this.multiply, messages / originals - 1);
			}
		});
		return committed[0];
	}

	/**
	 * Waits until every message was confirmed and forgotten.
	 * @param since a time of {@link System#nanoTime()}
	 * @return nanoseconds since then
	 */
	long await(long since) throws Exception {
		this.published.await(TIMEOUT);
		return System.nanoTime() - since;
	}

	static OutboxMessage message(String destination, Payment payment) {
		return OutboxMessage.to(destination)
			.key(payment.id())
			.contentType("application/json")
			.payload("payment", payment.json());
	}

}
