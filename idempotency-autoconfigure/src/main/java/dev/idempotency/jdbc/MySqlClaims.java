// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

import dev.idempotency.effect.EffectCall;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB and MySQL. A duplicate is no error, which the drivers would log: every value is
 * of fixed or checked length, so that {@code IGNORE} has nothing else to ignore; it does
 * not hide deadlocks and timeouts. The loser reads with a lock, because the winner's row
 * may be younger than its snapshot. A savepoint lives exactly as long as its transaction:
 * it is gone after a deadlock that nobody noticed and after a statement that commits by
 * itself.
 * <p>
 * The claim of a message with a number keeps a share of the lock of its stream's position
 * until the transaction ends. So the position does not move on between the look at it and
 * the end of the effect, whatever the isolation.
 */
final class MySqlClaims extends Claims {

	private static final String CURRENT = " LOCK IN SHARE MODE";

	private final Dialect dialect;

	private final String insert;

	private final String insertNumbered;

	MySqlClaims(Dialect dialect) {
		this.dialect = dialect;
		this.insert = insertSql(dialect).replaceFirst("INSERT", "INSERT IGNORE");
		this.insertNumbered = numberedSql("SELECT " + values(dialect)
				+ ", p.key_hash, ? FROM idempotency_position p WHERE p.key_hash = ? AND (p.position < ? OR EXISTS "
				+ "(SELECT 1 FROM idempotency_hole h WHERE h.key_hash = p.key_hash AND h.first_number <= ? "
				+ "AND h.last_number >= ?" + CURRENT + "))" + CURRENT)
			.replaceFirst("INSERT", "INSERT IGNORE");
	}

	@Override
	String current() {
		return CURRENT;
	}

	@Override
	@Nullable Proof insert(Connection connection, EffectCall call) throws SQLException {
		RowNumber number = RowNumber.of(call);
		String sql = (number != null) ? this.insertNumbered : this.insert;
		try (PreparedStatement statement = bounded(connection, sql, call.settings().waitFor())) {
			bind(statement, 1, call);
			if (number != null) {
				statement.setLong(5, number.number());
				number.bindKnown(statement, 6);
			}
			if (statement.executeUpdate() == 0) {
				return null;
			}
		}
		return proof(connection, call.key().hash());
	}

	@Override
	Won insertAll(Connection connection, SortedMap<ByteBuffer, EffectCall> calls, Duration waitFor)
			throws SQLException {
		Set<ByteBuffer> won = new HashSet<>();
		List<Map.Entry<ByteBuffer, EffectCall>> all = List.copyOf(calls.entrySet());
		for (int from = 0; from < all.size(); from += AT_ONCE) {
			List<Map.Entry<ByteBuffer, EffectCall>> some = all.subList(from, Math.min(all.size(), from + AT_ONCE));
			won.addAll((this.dialect == Dialect.MARIADB) ? insertReturning(connection, some, waitFor)
					: insertCounting(connection, some, waitFor));
		}
		return new Won(won, won.isEmpty() ? null : proof(connection, won.iterator().next().array()));
	}

	/**
	 * MariaDB returns the rows it did not ignore.
	 */
	private Set<ByteBuffer> insertReturning(Connection connection, List<Map.Entry<ByteBuffer, EffectCall>> calls,
			Duration waitFor) throws SQLException {
		Set<ByteBuffer> won = new HashSet<>();
		try (PreparedStatement statement = bounded(connection, rows(calls.size()) + " RETURNING key_hash", waitFor)) {
			bind(statement, calls);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					won.add(ByteBuffer.wrap(row.getBytes(1)));
				}
			}
		}
		return won;
	}

	/**
	 * MySQL only counts them. If some are missing, each is asked for by itself.
	 */
	private Set<ByteBuffer> insertCounting(Connection connection, List<Map.Entry<ByteBuffer, EffectCall>> calls,
			Duration waitFor) throws SQLException {
		execute(connection, "SAVEPOINT idempotency_batch");
		try (PreparedStatement statement = bounded(connection, rows(calls.size()), waitFor)) {
			bind(statement, calls);
			if (statement.executeUpdate() == calls.size()) {
				return calls.stream().map(Map.Entry::getKey).collect(Collectors.toSet());
			}
		}
		execute(connection, "ROLLBACK TO SAVEPOINT idempotency_batch");
		Set<ByteBuffer> won = new HashSet<>();
		try (PreparedStatement statement = bounded(connection, this.insert, waitFor)) {
			for (Map.Entry<ByteBuffer, EffectCall> call : calls) {
				bind(statement, 1, call.getValue());
				if (statement.executeUpdate() == 1) {
					won.add(call.getKey());
				}
			}
		}
		return won;
	}

	private String rows(int count) {
		return this.insert + (", (" + values(this.dialect) + ")").repeat(count - 1);
	}

	private static void bind(PreparedStatement statement, List<Map.Entry<ByteBuffer, EffectCall>> calls)
			throws SQLException {
		for (int i = 0; i < calls.size(); i++) {
			bind(statement, 4 * i + 1, calls.get(i).getValue());
		}
	}

	private static Proof proof(Connection connection, byte[] hash) throws SQLException {
		String savepoint = "idempotency_" + HexFormat.of().formatHex(hash, 0, 16);
		execute(connection, "SAVEPOINT " + savepoint);
		return () -> holds(connection, savepoint);
	}

	/**
	 * Both databases count in seconds. MySQL can bound a single statement only from the
	 * driver's side. A wait for several locks is bounded as a whole.
	 */
	private PreparedStatement bounded(Connection connection, String sql, Duration waitFor) throws SQLException {
		int seconds = seconds(waitFor);
		if (this.dialect == Dialect.MARIADB) {
			return connection.prepareStatement("SET STATEMENT innodb_lock_wait_timeout = " + seconds
					+ ", max_statement_time = " + (seconds + 1) + " FOR " + sql);
		}
		PreparedStatement statement = connection.prepareStatement(sql);
		statement.setQueryTimeout(seconds);
		return statement;
	}

	private static boolean holds(Connection connection, String savepoint) throws SQLException {
		execute(connection, "RELEASE SAVEPOINT " + savepoint);
		return true;
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
