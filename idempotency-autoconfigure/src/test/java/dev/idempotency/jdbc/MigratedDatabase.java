// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.concurrent.Callable;

import javax.sql.DataSource;

import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A database with the tables of the library and a table of the application's.
 */
final class MigratedDatabase implements AutoCloseable {

	private final TestDatabase database;

	private final DataSource dataSource;

	private final Dialect dialect;

	private final JdbcTemplate jdbc;

	MigratedDatabase(TestDatabase database) {
		this(database, database.pool(20), null);
	}

	MigratedDatabase(TestDatabase database, DataSource dataSource, @Nullable Dialect dialect) {
		this.database = database;
		this.dataSource = dataSource;
		this.dialect = (dialect != null) ? dialect : Dialect.of(dataSource);
		new SchemaMigration(this.dataSource, this.dialect, SchemaMode.MIGRATE).run();
		this.jdbc = new JdbcTemplate(this.dataSource);
		this.jdbc.execute("CREATE TABLE business (id integer PRIMARY KEY, amount integer)");
	}

	DataSource dataSource() {
		return this.dataSource;
	}

	Dialect dialect() {
		return this.dialect;
	}

	/**
	 * Works on the caller's transaction, or on a connection of its own.
	 */
	JdbcTemplate jdbc() {
		return this.jdbc;
	}

	int count(String table) {
		Integer count = this.jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
		return (count != null) ? count : -1;
	}

	TransactionTemplate transactions() {
		return new TransactionTemplate(new JdbcTransactionManager(this.dataSource));
	}

	TransactionTemplate transactions(int isolation) {
		TransactionTemplate template = transactions();
		template.setIsolationLevel(isolation);
		return template;
	}

	<T> T inTransaction(Callable<T> work) {
		return inTransaction(TransactionDefinition.ISOLATION_DEFAULT, work);
	}

	<T> T inTransaction(int isolation, Callable<T> work) {
		return transactions(isolation).execute((status) -> call(work));
	}

	<T> T rolledBack(Callable<T> work) {
		return transactions().execute((status) -> {
			status.setRollbackOnly();
			return call(work);
		});
	}

	private static <T> T call(Callable<T> work) {
		try {
			return work.call();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	void empty() {
		for (String table : SchemaTables.names()) {
			if (!table.equals("idempotency_lane") && !table.equals("idempotency_meta")) {
				this.jdbc.execute("DELETE FROM " + table);
			}
		}
		if (this.dialect == Dialect.POSTGRESQL) {
			this.jdbc.execute("TRUNCATE idempotency_outbox_log, idempotency_outbox_cursor, "
					+ "idempotency_outbox_number, idempotency_outbox_route");
		}
		this.jdbc.execute("UPDATE idempotency_lane SET owner = NULL, lease_until = NULL");
		this.jdbc.execute("DELETE FROM business");
	}

	@Override
	public void close() {
		this.database.close();
	}

}
