// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import javax.sql.DataSource;

import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;

/**
 * Wakes the relays of other nodes through PostgreSQL's LISTEN and NOTIFY. A NOTIFY inside
 * the business transaction would take a lock the whole cluster shares until the commit,
 * so it is sent after the commit, on a connection of its own, and at most one per pause
 * however many messages commit. Losing one costs latency only: polling is the net below.
 */
public final class PostgresNotifications implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(PostgresNotifications.class);

	private static final String CHANNEL = "idempotency_outbox";

	private static final int LISTEN_MILLIS = 500;

	private final DataSource dataSource;

	private final OwnTransactions transactions;

	private final String node;

	private final Runnable wake;

	private final Duration pause;

	private final LongSupplier nanoTime;

	private final Thread sender;

	private final Thread receiver;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private boolean pending;

	private boolean closed;

	/**
	 * Creates the notifications of a node.
	 * @param dataSource where connections come from; one is held while running
	 * @param node name of this node, so that it does not wake itself
	 * @param wake called when another node has committed messages
	 * @param pause shortest time between two notifications of this node
	 * @param threads makes the two threads
	 * @param nanoTime a monotonic clock
	 */
	public PostgresNotifications(DataSource dataSource, String node, Runnable wake, Duration pause,
			ThreadFactory threads, LongSupplier nanoTime) {
		this.dataSource = dataSource;
		this.transactions = new OwnTransactions(dataSource);
		this.node = node;
		this.wake = wake;
		this.pause = pause;
		this.nanoTime = nanoTime;
		this.sender = threads.newThread(this::send);
		this.receiver = threads.newThread(this::receive);
	}

	/**
	 * Starts to listen and to notify.
	 */
	public void start() {
		this.sender.start();
		this.receiver.start();
	}

	/**
	 * Tells the other nodes, soon, that a message has committed. Never blocks on the
	 * database.
	 */
	public void committed() {
		this.lock.lock();
		try {
			this.pending = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		this.sender.interrupt();
	}

	private void send() {
		long next = this.nanoTime.getAsLong();
		while (awaitPending(next)) {
			try {
				this.transactions
					.each((jdbc) -> jdbc.queryForList("SELECT pg_notify('" + CHANNEL + "', ?)", this.node));
			}
			catch (DataAccessException ex) {
				logger.debug("Other nodes were not notified, they find the messages by polling", ex);
			}
			next = this.nanoTime.getAsLong() + this.pause.toNanos();
		}
	}

	private boolean awaitPending(long next) {
		this.lock.lock();
		try {
			while (!this.closed && (!this.pending || this.nanoTime.getAsLong() - next < 0)) {
				if (this.pending) {
					this.changed.awaitNanos(next - this.nanoTime.getAsLong());
				}
				else {
					this.changed.await();
				}
			}
			this.pending = false;
			return !this.closed;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void receive() {
		boolean outage = false;
		while (!isClosed()) {
			try (Connection connection = this.dataSource.getConnection()) {
				connection.setAutoCommit(true);
				listen(connection);
			}
			catch (SQLException ex) {
				if (!outage && !isClosed()) {
					logger.info("Not listening for messages of other nodes, polling goes on: {}", ex.getMessage());
				}
				outage = true;
				awaitClosed();
				continue;
			}
			outage = false;
		}
	}

	private void listen(Connection connection) throws SQLException {
		PGConnection postgres = connection.unwrap(PGConnection.class);
		try (var statement = connection.createStatement()) {
			statement.execute("LISTEN " + CHANNEL);
			this.wake.run();
			while (!isClosed()) {
				PGNotification[] notifications = postgres.getNotifications(LISTEN_MILLIS);
				for (PGNotification notification : (notifications != null) ? notifications : new PGNotification[0]) {
					if (!notification.getParameter().equals(this.node)) {
						this.wake.run();
						break;
					}
				}
			}
			statement.execute("UNLISTEN " + CHANNEL);
		}
	}

	private boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitClosed() {
		this.lock.lock();
		try {
			long until = this.nanoTime.getAsLong() + Duration.ofSeconds(1).toNanos();
			while (!this.closed && this.nanoTime.getAsLong() - until < 0) {
				this.changed.awaitNanos(until - this.nanoTime.getAsLong());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
	}

}
