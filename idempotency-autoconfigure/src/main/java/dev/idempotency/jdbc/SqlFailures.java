// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * What the databases mean by their error codes.
 */
final class SqlFailures {

	/**
	 * Serialization failure, deadlock; PostgreSQL: lock not available, statement
	 * cancelled; H2: lock timeout.
	 */
	private static final Set<String> BUSY_STATES = Set.of("40001", "40P01", "55P03", "57014", "HYT00");

	/**
	 * MariaDB and MySQL: lock wait timeout, deadlock, record changed since the snapshot,
	 * statement interrupted or out of time; H2: lock timeout, concurrent update.
	 */
	private static final Set<Integer> BUSY_CODES = Set.of(1205, 1213, 1020, 1317, 1969, 3024, 50200, 90131);

	private static final String DEADLOCK = "40P01";

	private static final int MYSQL_DEADLOCK = 1213;

	private static final int MYSQL_NO_SAVEPOINT = 1305;

	private static final String DUPLICATE = "23505";

	private static final String ABORTED = "25P02";

	private static final SQLExceptionTranslator TRANSLATOR = new SQLExceptionSubclassTranslator();

	private SqlFailures() {
	}

	/**
	 * Somebody else is in the way, and the transaction must be rolled back.
	 */
	static boolean busy(SQLException failure) {
		return failure instanceof SQLTimeoutException || BUSY_STATES.contains(state(failure))
				|| BUSY_CODES.contains(failure.getErrorCode());
	}

	/**
	 * The statement was the victim of a deadlock, which ended its transaction.
	 */
	static boolean deadlock(SQLException failure) {
		return DEADLOCK.equals(state(failure)) || failure.getErrorCode() == MYSQL_DEADLOCK;
	}

	static boolean duplicate(SQLException failure) {
		return DUPLICATE.equals(state(failure));
	}

	/**
	 * The transaction the statement was meant for is not there any more.
	 */
	static boolean lostTransaction(SQLException failure) {
		return ABORTED.equals(state(failure)) || failure.getErrorCode() == MYSQL_NO_SAVEPOINT;
	}

	/**
	 * The connection broke: what the database did with the last statement is not known.
	 */
	static boolean unanswered(SQLException failure) {
		String state = failure.getSQLState();
		return state == null || state.startsWith("08") || state.startsWith("57P");
	}

	static DataAccessException translate(String task, SQLException failure) {
		DataAccessException translated = TRANSLATOR.translate(task, null, failure);
		return (translated != null) ? translated : new UncategorizedSQLException(task, null, failure);
	}

	private static String state(SQLException failure) {
		return String.valueOf(failure.getSQLState());
	}

}
