// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transaction on one data source that is bound to the calling thread, if there really
 * is one: a connection that merely rides along with a transaction of something else does
 * not count.
 */
final class CallersTransaction {

	private final Probe probe;

	CallersTransaction(DataSource dataSource) {
		this.probe = new Probe(dataSource);
	}

	/**
	 * The data source without a proxy that is aware of transactions, as transaction
	 * managers know it.
	 */
	DataSource dataSource() {
		return this.probe.source();
	}

	/**
	 * The transaction's connection.
	 * @return the connection, or {@code null} with a reason in {@link #problem()}
	 */
	@Nullable Connection connection() {
		return (problem() == null) ? this.probe.connection() : null;
	}

	/**
	 * What keeps the caller's transaction from being used.
	 * @return {@code null} if nothing does
	 */
	@Nullable String problem() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			return "no transaction is active on this thread";
		}
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return "the transaction has ended, only its callbacks are still running";
		}
		if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			return "the transaction is read-only";
		}
		if (!this.probe.bound()) {
			return "the active transaction does not belong to the data source of the tables idempotency_*";
		}
		try {
			Connection connection = this.probe.connection();
			if (connection.getAutoCommit()) {
				return "the connection commits each statement by itself";
			}
			return connection.isReadOnly() ? "the connection is read-only" : null;
		}
		catch (SQLException ex) {
			return "the transaction's connection is broken: " + ex.getMessage();
		}
	}

	/**
	 * Reads what the transaction managers keep to themselves.
	 */
	private static final class Probe extends DataSourceTransactionManager {

		private Probe(DataSource dataSource) {
			super(dataSource);
		}

		private DataSource source() {
			return obtainDataSource();
		}

		private Connection connection() {
			return Objects.requireNonNull(holder(), "no connection is bound").getConnection();
		}

		private @Nullable ConnectionHolder holder() {
			return (ConnectionHolder) TransactionSynchronizationManager.getResource(source());
		}

		/**
		 * JPA's manager binds a holder without saying that it is active; a holder bound
		 * only for the time of somebody else's transaction is marked as synchronized.
		 */
		private boolean bound() {
			ConnectionHolder holder = holder();
			return holder != null
					&& (isExistingTransaction(doGetTransaction()) || !holder.isSynchronizedWithTransaction());
		}

	}

}
