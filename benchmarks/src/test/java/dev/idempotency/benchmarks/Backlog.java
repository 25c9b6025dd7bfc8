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

	private final String columns;

	Backlog(Environment environment) {
		this.jdbc = environment.bean(JdbcTemplate.class);
		this.transaction = environment.bean(TransactionTemplate.class);
		this.outbox = environment.bean(Outbox.class);
		this.published = environment.bean(PublishedCount.class);
		this.columns = environment.ask("select string_agg(column_name, ', ' order by ordinal_position) "
				+ "from information_schema.columns where table_name = 'idempotency_outbox_log' "
				+ "and column_default is null");
	}

	/**
	 * Commits messages, each with a key of its own. Beyond the first thousand they are
	 * copies made by the database, in the lanes of their originals.
	 * @param messages how many, a multiple of 1,000 if there are more
	 * @return the time of the commit, of {@link System#nanoTime()}
	 */
	long commit(String destination, int messages) {
		return commit(destination, messages, Math.min(messages, WRITTEN_SINGLY), "msg_key || '-' || copy");
	}

	/**
	 * Commits messages of a few keys, which take turns.
	 * @param keys how many
	 * @param messages how many, a multiple of that
	 * @return the time of the commit, of {@link System#nanoTime()}
	 */
	long commit(String destination, int messages, int keys) {
		return commit(destination, messages, keys, "msg_key");
	}

	private long commit(String destination, int messages, int originals, String key) {
		if (messages % originals != 0) {
			throw new IllegalArgumentException(messages + " is no multiple of " + originals);
		}
		this.published.expect(messages);
		String values = this.columns.replace("message_id", "message_id || '-' || copy").replace("msg_key", key);
		String multiply = "insert into idempotency_outbox_log (" + this.columns + ") select " + values
				+ " from idempotency_outbox_log, generate_series(1, ?) as copy where xid = pg_current_xact_id() "
				+ "order by copy";
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
				this.jdbc.update(multiply, messages / originals - 1);
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
