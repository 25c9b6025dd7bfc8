// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.function.Function;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Short transactions on connections of their own, which never join the caller's.
 */
final class OwnTransactions {

	private static final Logger logger = LoggerFactory.getLogger(OwnTransactions.class);

	/**
	 * A driver waits for ever for a server that went without a word. Nothing takes this
	 * long; where something does, the application's own timeout of the socket counts.
	 */
	private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

	private static final int ATTEMPTS = 10;

	private final DataSource dataSource;

	private final int longestSilence;

	OwnTransactions(DataSource dataSource) {
		this(dataSource, LONGEST_SILENCE);
	}

	OwnTransactions(DataSource dataSource, Duration longestSilence) {
		this.dataSource = new CallersTransaction(dataSource).dataSource();
		this.longestSilence = Math.toIntExact(longestSilence.toMillis());
	}

	/**
	 * Statements that each commit by themselves.
	 */
	<T extends @Nullable Object> T each(Function<JdbcOperations, T> work) {
		return on(true, work);
	}

	/**
	 * The same for one change, which is repeated if the database chose it as the victim
	 * of a deadlock: then it surely did nothing. MariaDB lets two changes of one row meet
	 * when one came by the key and the other by another index.
	 */
	<T extends @Nullable Object> T change(Function<JdbcOperations, T> work) {
		for (int attempt = 1;; attempt++) {
			try {
				return each(work);
			}
			catch (PessimisticLockingFailureException ex) {
				if (attempt == ATTEMPTS || !(ex.getCause() instanceof SQLException cause)
						|| !SqlFailures.deadlock(cause)) {
					throw ex;
				}
				logger.debug("A deadlock was lost, attempt {}", attempt, ex);
			}
		}
	}

	/**
	 * Statements that commit together.
	 */
	<T extends @Nullable Object> T together(Function<JdbcOperations, T> work) {
		return on(false, (jdbc) -> {
			T result = work.apply(jdbc);
			jdbc.execute((Connection connection) -> {
				connection.commit();
				return true;
			});
			return result;
		});
	}

	private <T extends @Nullable Object> T on(boolean autoCommit, Function<JdbcOperations, T> work) {
		try (Connection connection = this.dataSource.getConnection()) {
			boolean before = connection.getAutoCommit();
			boolean bounded = bound(connection);
			connection.setAutoCommit(autoCommit);
			try {
				T result = work.apply(operations(connection));
				giveBack(connection, before, bounded);
				return result;
			}
			catch (RuntimeException | Error ex) {
				rollBack(connection, before, bounded, ex);
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw new CannotGetJdbcConnectionException("No connection for the tables idempotency_*", ex);
		}
	}

	private boolean bound(Connection connection) throws SQLException {
		try {
			if (connection.getNetworkTimeout() == 0) {
				connection.setNetworkTimeout(Runnable::run, this.longestSilence);
				return true;
			}
		}
		catch (SQLFeatureNotSupportedException ex) {
			logger.debug("The driver bounds no wait for the database", ex);
		}
		return false;
	}

	private static void giveBack(Connection connection, boolean autoCommit, boolean bounded) throws SQLException {
		connection.setAutoCommit(autoCommit);
		if (bounded) {
			connection.setNetworkTimeout(Runnable::run, 0);
		}
	}

	private static void rollBack(Connection connection, boolean autoCommit, boolean bounded, Throwable failure) {
		try {
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
			giveBack(connection, autoCommit, bounded);
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
		}
	}

	private static JdbcOperations operations(Connection connection) {
		JdbcTemplate template = new JdbcTemplate();
		template.setDataSource(new SingleConnectionDataSource(connection, true));
		template.setExceptionTranslator(new SQLExceptionSubclassTranslator());
		return template;
	}

}
