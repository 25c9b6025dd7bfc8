// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import javax.sql.DataSource;

import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.OutboxStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes outgoing messages into the caller's transaction.
 */
public final class JdbcOutboxStore implements OutboxStore {

	private static final Logger logger = LoggerFactory.getLogger(JdbcOutboxStore.class);

	private static final int MAX_ID = 1024;

	private static final int MAX_NAME = 255;

	private static final String COLUMNS = "created_at, lane, destination, message_id, route, msg_key, type, "
			+ "source, content_type, headers, body";

	private static final String VALUES = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

	private static final String QUEUE = "INSERT INTO idempotency_outbox (" + COLUMNS + ", attempts) VALUES (" + VALUES
			+ ", 0)";

	private static final String LOG = "INSERT INTO idempotency_outbox_log (" + COLUMNS + ", segment) VALUES (" + VALUES
			+ ", (SELECT last_value FROM idempotency_outbox_segment))";

	private final CallersTransaction transaction;

	private final JdbcOperations jdbc;

	private final Dialect dialect;

	private final String insert;

	/**
	 * Creates a store.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcOutboxStore(DataSource dataSource, Dialect dialect) {
		this(dataSource, dialect, false);
	}

	/**
	 * Creates a store.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param log whether messages go to the log, from where a {@link PostgresOutboxLog}
	 * reads them
	 */
	public JdbcOutboxStore(DataSource dataSource, Dialect dialect, boolean log) {
		this.insert = log ? LOG : QUEUE;
		this.transaction = new CallersTransaction(dataSource);
		this.jdbc = new JdbcTemplate(this.transaction.dataSource());
		this.dialect = dialect;
	}

	/**
	 * {@inheritDoc}
	 * @throws OutboxException also if a part of the message does not fit its column;
	 * nothing was written and the transaction is unharmed
	 * @throws DataAccessException if the database refuses or does not answer
	 */
	@Override
	public void insert(OutboxRecord message) {
		requireTransaction("Message " + message.id() + " to " + message.destination() + " was not written");
		requireFit("destination", message.destination(), MAX_NAME);
		requireFit("id", message.id(), MAX_ID);
		requireFit("route", message.route(), MAX_NAME);
		requireFit("key", message.key(), MAX_ID);
		requireFit("type", message.type(), MAX_NAME);
		requireFit("source", message.source(), MAX_ID);
		requireFit("content type", message.contentType(), MAX_NAME);
		this.jdbc.update(this.insert, this.dialect.parameter(message.time()), message.lane(), message.destination(),
				message.id(), message.route(), message.key(), message.type(), message.source(), message.contentType(),
				HeaderJson.write(message.headers()), message.body());
	}

	/**
	 * {@inheritDoc} What the callback throws is logged: the transaction has committed,
	 * and the caller must not take it for failed.
	 */
	@Override
	public void afterCommit(Runnable callback) {
		requireTransaction("Nothing can be called back");
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
			@Override
			public void afterCommit() {
				try {
					callback.run();
				}
				catch (RuntimeException ex) {
					logger.warn("The relay could not be woken; it finds the messages at its next poll", ex);
				}
			}
		});
	}

	private void requireTransaction(String consequence) {
		String problem = this.transaction.problem();
		if (problem != null) {
			throw new OutboxException(consequence + ": " + problem + ". Call the outbox inside a read-write "
					+ "transaction on that data source, for instance in a @Transactional method");
		}
	}

	private static void requireFit(String name, @Nullable String text, int max) {
		String problem = Texts.problem(text, max);
		if (text != null && problem != null) {
			throw new OutboxException("The " + name + " of an outbox message " + problem + ": '"
					+ text.substring(0, Math.min(text.length(), 40)) + "...'");
		}
	}

}
