// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Fingerprint;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

import org.springframework.util.ClassUtils;

/**
 * PostgreSQL. A duplicate key must not become an error, because an error ends the
 * transaction. One round trip bounds the wait, inserts and gives the caller's own bound
 * back; after an error the rollback gives it back.
 * <p>
 * The claim also puts a mark behind {@code application_name}, for as long as the
 * transaction lasts. The server reports every change of that setting to the client
 * (<a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC">
 * ParameterStatus</a>), the end of the transaction, its failure and a rollback to a
 * savepoint from before the claim included. So a mark the driver still sees proves the
 * claim without a round trip. Without it the table is asked.
 */
final class PostgresClaims extends Claims {

	private static final boolean DRIVER_PRESENT = ClassUtils.isPresent("org.postgresql.PGConnection",
			PostgresClaims.class.getClassLoader());

	private static final int NAME_KEPT = 40;

	/**
	 * Gives the caller's bound back: for who inserted nothing, the query that follows
	 * does.
	 */
	private static final String UNBOUND = "set_config('lock_timeout', "
			+ "current_setting('idempotency.lock_timeout'), true)";

	private static final String BOUND = "WITH bound AS MATERIALIZED ("
			+ "SELECT current_setting('lock_timeout') AS previous, set_config('lock_timeout', ?, true), "
			+ "set_config('application_name', left(split_part(current_setting('application_name'), ' #', 1), "
			+ NAME_KEPT + ") || ?, true)), claim AS (";

	private static final String RETURNING = " ON CONFLICT (key_hash) DO NOTHING RETURNING txid_current(), " + UNBOUND
			+ ", set_config('application_name', left(split_part(current_setting('application_name'), ' #', 1), "
			+ NAME_KEPT + ") || ?, true)";

	/**
	 * One plain insert, because a second query around it costs the server as much again.
	 * It bounds the wait while its row is made, and gives the bound back and sets the
	 * mark while it returns that row.
	 */
	private static final String INSERT = insertSql("SELECT " + values(Dialect.POSTGRESQL)
			+ " FROM (SELECT set_config('idempotency.lock_timeout', current_setting('lock_timeout'), true), "
			+ "set_config('lock_timeout', ?, true)) AS bound") + RETURNING;

	/**
	 * Reading the bound in the condition makes sure that it is set and given back in any
	 * case.
	 */
	private static final String INSERT_NUMBERED = numberedSql("SELECT " + values(Dialect.POSTGRESQL)
			+ ", ?, ? FROM (SELECT set_config('idempotency.lock_timeout', current_setting('lock_timeout'), true) "
			+ "AS previous, set_config('lock_timeout', ?, true)) AS bound WHERE NOT EXISTS "
			+ "(SELECT 1 FROM idempotency_position p WHERE bound.previous IS NOT NULL AND " + RowNumber.knownSql("")
			+ ")") + RETURNING;

	private static final String WINNER_NUMBERED = "SELECT outcome, fingerprint, stream_hash, stream_number, " + UNBOUND
			+ " FROM (SELECT 0 AS place, outcome, fingerprint, stream_hash, stream_number "
			+ "FROM idempotency_inbox WHERE key_hash = ? UNION ALL "
			+ "SELECT 1, 'COMPLETED', NULL, p.key_hash, ? FROM idempotency_position p WHERE " + RowNumber.knownSql("")
			+ " ORDER BY place LIMIT 1) w";

	/**
	 * Says which rows were inserted only when some were not.
	 */
	private static final String INSERT_ALL = BOUND
			+ insertSql("SELECT " + Dialect.POSTGRESQL.now() + ", "
					+ Dialect.POSTGRESQL.later().replace("?", "n.retention")
					+ ", n.key_hash, n.flow, 'COMPLETED', n.fingerprint FROM bound, unnest(CAST(? AS bigint[]), "
					+ "CAST(? AS bytea[]), CAST(? AS text[]), CAST(? AS bytea[])) "
					+ "AS n (retention, key_hash, flow, fingerprint) ORDER BY n.key_hash")
			+ " ON CONFLICT (key_hash) DO NOTHING RETURNING key_hash) "
			+ "SELECT c.won, CASE WHEN c.won > 0 THEN txid_current() END, CASE WHEN c.won < ? THEN c.hashes END, "
			+ "set_config('lock_timeout', bound.previous, true) "
			+ "FROM (SELECT count(*) AS won, array_agg(key_hash) AS hashes FROM claim) c, bound";

	private static final String WINNER = "SELECT outcome, fingerprint, " + UNBOUND
			+ " FROM idempotency_inbox WHERE key_hash = ?";

	/**
	 * The transaction is the same and the claim was not rolled back to a savepoint.
	 */
	private static final String PROOF = "SELECT 1 FROM idempotency_inbox WHERE key_hash = ? "
			+ "AND txid_current_if_assigned() = ?";

	@Override
	@Nullable Proof insert(Connection connection, EffectCall call) throws SQLException {
		String mark = mark();
		RowNumber number = RowNumber.of(call);
		try (PreparedStatement statement = connection.prepareStatement((number != null) ? INSERT_NUMBERED : INSERT)) {
			bind(statement, 1, call);
			String bound = bound(call.settings().waitFor());
			if (number != null) {
				number.bind(statement, 5);
				statement.setString(7, bound);
				number.bindKnown(statement, 8);
				statement.setString(12, mark);
			}
			else {
				statement.setString(5, bound);
				statement.setString(6, mark);
			}
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				long transaction = row.getLong(1);
				return () -> marked(connection, mark) || holds(connection, call.key().hash(), transaction);
			}
		}
	}

	@Override
	@Nullable Stored winner(Connection connection, byte[] hash) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(WINNER)) {
			statement.setBytes(1, hash);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? stored(row) : null;
			}
		}
	}

	@Override
	@Nullable Winner winner(Connection connection, byte[] hash, RowNumber number) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(WINNER_NUMBERED)) {
			statement.setBytes(1, hash);
			statement.setLong(2, number.number());
			number.bindKnown(statement, 3);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new Winner(stored(row), number.isOf(row)) : null;
			}
		}
	}

	/**
	 * The bound of the wait is for each row that is waited for, so the statement has one
	 * for all of them.
	 */
	@Override
	Won insertAll(Connection connection, SortedMap<ByteBuffer, EffectCall> calls, Duration waitFor)
			throws SQLException {
		String mark = mark();
		try (PreparedStatement statement = connection.prepareStatement(INSERT_ALL)) {
			statement.setQueryTimeout(seconds(waitFor.plusSeconds(1)));
			statement.setString(1, bound(waitFor));
			statement.setString(2, mark);
			bindAll(connection, statement, calls);
			statement.setInt(7, calls.size());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				if (row.getInt(1) == 0) {
					return new Won(Set.of(), null);
				}
				long transaction = row.getLong(2);
				Array some = row.getArray(3);
				Set<ByteBuffer> won = (some != null) ? hashes(some) : calls.keySet();
				byte[] one = won.iterator().next().array();
				return new Won(won, () -> marked(connection, mark) || holds(connection, one, transaction));
			}
		}
	}

	private static void bindAll(Connection connection, PreparedStatement statement,
			SortedMap<ByteBuffer, EffectCall> calls) throws SQLException {
		int count = calls.size();
		Long[] retentions = new Long[count];
		byte[][] hashes = new byte[count][];
		String[] flows = new String[count];
		byte[] @Nullable [] fingerprints = new byte[count][];
		int i = 0;
		for (Map.Entry<ByteBuffer, EffectCall> each : calls.entrySet()) {
			EffectCall call = each.getValue();
			Fingerprint fingerprint = call.fingerprint();
			retentions[i] = TimeUnit.MICROSECONDS.convert(call.settings().retention());
			hashes[i] = each.getKey().array();
			flows[i] = call.key().consumer();
			fingerprints[i] = (fingerprint != null) ? fingerprint.bytes() : null;
			i++;
		}
		statement.setArray(3, connection.createArrayOf("bigint", retentions));
		statement.setArray(4, connection.createArrayOf("bytea", hashes));
		statement.setArray(5, connection.createArrayOf("text", flows));
		statement.setArray(6, connection.createArrayOf("bytea", fingerprints));
	}

	private static Set<ByteBuffer> hashes(Array array) throws SQLException {
		return Arrays.stream((byte[][]) array.getArray()).map(ByteBuffer::wrap).collect(Collectors.toSet());
	}

	@Override
	Map<ByteBuffer, Stored> winners(Connection connection, List<ByteBuffer> hashes) throws SQLException {
		Map<ByteBuffer, Stored> winners = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(winnerSql("= ANY (?)"))) {
			statement.setArray(1,
					connection.createArrayOf("bytea", hashes.stream().map(ByteBuffer::array).toArray(byte[][]::new)));
			collect(statement, winners);
		}
		return winners;
	}

	private static String mark() {
		return " #" + Long.toHexString(ThreadLocalRandom.current().nextLong());
	}

	private static String bound(Duration waitFor) {
		return Math.max(1, waitFor.toMillis()) + "ms";
	}

	private static boolean marked(Connection connection, String mark) throws SQLException {
		if (!DRIVER_PRESENT || !connection.isWrapperFor(PGConnection.class)) {
			return false;
		}
		String name = connection.unwrap(PGConnection.class).getParameterStatus("application_name");
		return name != null && name.endsWith(mark);
	}

	private static boolean holds(Connection connection, byte[] hash, long transaction) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(PROOF)) {
			statement.setBytes(1, hash);
			statement.setLong(2, transaction);
			try (ResultSet row = statement.executeQuery()) {
				return row.next();
			}
		}
	}

}
