// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Short transactions on connections of their own, which never join the caller's.
 */
final class OwnTransactions {

	private final DataSource dataSource;

	OwnTransactions(DataSource dataSource) {
		this.dataSource = new CallersTransaction(dataSource).dataSource();
	}

	/**
	 * Statements that each commit by themselves.
	 */
	<T extends @Nullable Object> T each(Function<JdbcOperations, T> work) {
		return on(true, work);
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
			connection.setAutoCommit(autoCommit);
			try {
				T result = work.apply(operations(connection));
				connection.setAutoCommit(before);
				return result;
			}
			catch (RuntimeException | Error ex) {
				rollBack(connection, before, ex);
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw new CannotGetJdbcConnectionException("No connection for the tables idempotency_*", ex);
		}
	}

	private static void rollBack(Connection connection, boolean autoCommit, Throwable failure) {
		try {
			if (!connection.getAutoCommit()) {
				connection.rollback();
			}
			connection.setAutoCommit(autoCommit);
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
