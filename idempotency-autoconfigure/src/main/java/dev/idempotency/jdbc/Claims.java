// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * How one database decides between concurrent claims. Works on a connection inside a
 * transaction.
 */
abstract class Claims {

	/** Keeps statements far below what drivers and servers take. */
	static final int AT_ONCE = 1000;

	static Claims of(Dialect dialect) {
		return switch (dialect) {
			case POSTGRESQL -> new PostgresClaims();
			case MARIADB, MYSQL -> new MySqlClaims(dialect);
			case H2 -> new H2Claims();
		};
	}

	/**
	 * Inserts the claim, or waits for who inserted it before.
	 * @return tells later whether the transaction still is the one that inserted the
	 * claim; {@code null} if the row is somebody else's
	 */
	abstract @Nullable Proof insert(Connection connection, EffectCall call) throws SQLException;

	/**
	 * How the rows of winners are read. They may be younger than the snapshot of the
	 * transaction.
	 * @param condition follows the hash of the key
	 */
	String winnerSql(String condition) {
		return "SELECT outcome, fingerprint, key_hash FROM idempotency_inbox WHERE key_hash " + condition + current();
	}

	/**
	 * Ends a query that must see what is committed now, whatever the snapshot of the
	 * transaction.
	 */
	String current() {
		return "";
	}

	/**
	 * Reads the row of the one winner, right after {@link #insert} lost to it.
	 * @return {@code null} if it was purged meanwhile
	 */
	@Nullable Stored winner(Connection connection, byte[] hash) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(winnerSql("= ?"))) {
			statement.setBytes(1, hash);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? stored(row) : null;
			}
		}
	}

	/**
	 * What is known of a message with a number, right after {@link #insert} lost: its
	 * row, or that it was folded.
	 * @return {@code null} if its row was purged meanwhile
	 */
	@Nullable Winner winner(Connection connection, byte[] hash, RowNumber number) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement(winnerSql("= ?").replace("key_hash FROM", "key_hash, stream_hash, stream_number FROM"))) {
			statement.setBytes(1, hash);
			try (ResultSet row = statement.executeQuery()) {
				if (row.next()) {
					return new Winner(stored(row), number.isOf(row));
				}
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(
				"SELECT 1 FROM idempotency_position p WHERE " + RowNumber.knownSql(current()) + current())) {
			number.bindKnown(statement, 1);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? Winner.FOLDED : null;
			}
		}
	}

	/**
	 * Inserts the claims that nobody made before, in the order of their keys, so that two
	 * batches cannot wait for each other.
	 * @param calls the calls by the hash of their keys, at least one
	 * @param waitFor longest wait for all of them together
	 */
	abstract Won insertAll(Connection connection, SortedMap<ByteBuffer, EffectCall> calls, Duration waitFor)
			throws SQLException;

	/**
	 * Reads the rows of several winners.
	 * @return by the hash of their keys; one that was purged meanwhile is missing
	 */
	Map<ByteBuffer, Stored> winners(Connection connection, List<ByteBuffer> hashes) throws SQLException {
		Map<ByteBuffer, Stored> winners = new HashMap<>();
		for (int from = 0; from < hashes.size(); from += AT_ONCE) {
			List<ByteBuffer> some = hashes.subList(from, Math.min(hashes.size(), from + AT_ONCE));
			String condition = "IN (" + String.join(", ", Collections.nCopies(some.size(), "?")) + ")";
			try (PreparedStatement statement = connection.prepareStatement(winnerSql(condition))) {
				for (int i = 0; i < some.size(); i++) {
					statement.setBytes(i + 1, some.get(i).array());
				}
				collect(statement, winners);
			}
		}
		return winners;
	}

	static void collect(PreparedStatement statement, Map<ByteBuffer, Stored> winners) throws SQLException {
		try (ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				winners.put(ByteBuffer.wrap(row.getBytes(3)), stored(row));
			}
		}
	}

	static Stored stored(ResultSet row) throws SQLException {
		return new Stored(outcome(row.getString(1)), row.getBytes(2));
	}

	/**
	 * A later version of the library may know outcomes that this one does not.
	 */
	private static Outcome outcome(String name) {
		for (Outcome outcome : Outcome.values()) {
			if (outcome.name().equals(name)) {
				return outcome;
			}
		}
		throw new UnprotectedEffectException("An effect is stored with outcome '" + name
				+ "', which this version of the library does not know, so it is neither repeated nor answered; "
				+ "use the version that wrote it, or a later one");
	}

	/**
	 * Seconds, for what counts in them.
	 */
	static int seconds(Duration waitFor) {
		return Math.toIntExact(Math.max(1, waitFor.plusMillis(999).toSeconds()));
	}

	final boolean reject(Connection connection, byte[] hash) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("UPDATE idempotency_inbox SET outcome = 'REJECTED' WHERE key_hash = ?")) {
			statement.setBytes(1, hash);
			return statement.executeUpdate() == 1;
		}
	}

	static String insertSql(Dialect dialect) {
		return insertSql("VALUES (" + values(dialect) + ")");
	}

	static String insertSql(String rows) {
		return "INSERT INTO idempotency_inbox (completed_at, expires_at, key_hash, flow, outcome, fingerprint) " + rows;
	}

	/**
	 * The same for a message with a number.
	 */
	static String numberedSql(String rows) {
		return "INSERT INTO idempotency_inbox (completed_at, expires_at, key_hash, flow, outcome, fingerprint, "
				+ "stream_hash, stream_number) " + rows;
	}

	static String values(Dialect dialect) {
		return dialect.now() + ", " + dialect.later() + ", ?, ?, 'COMPLETED', ?";
	}

	/**
	 * Sets the parameters of {@link #values}.
	 */
	static void bind(PreparedStatement statement, int first, EffectCall call) throws SQLException {
		Fingerprint fingerprint = call.fingerprint();
		statement.setLong(first, TimeUnit.MICROSECONDS.convert(call.settings().retention()));
		statement.setBytes(first + 1, call.key().hash());
		statement.setString(first + 2, call.key().consumer());
		statement.setBytes(first + 3, (fingerprint != null) ? fingerprint.bytes() : null);
	}

	/**
	 * Tells whether the transaction still is the one that made the claim. Asked once, as
	 * the last act before the commit; asked again, it may deny.
	 */
	@FunctionalInterface
	interface Proof {

		boolean holds() throws SQLException;

	}

	/**
	 * The claims of a batch that were inserted.
	 *
	 * @param hashes hashes of their keys
	 * @param proof one for all of them, {@code null} if there are none
	 */
	record Won(Set<ByteBuffer> hashes, @Nullable Proof proof) {
	}

	/**
	 * What is known of a message with a number.
	 *
	 * @param stored what the winner stored
	 * @param accounted whether it was stored under this number
	 */
	record Winner(Stored stored, boolean accounted) {

		static final Winner FOLDED = new Winner(new Stored(Outcome.COMPLETED, null), true);

	}

	/**
	 * What the winner stored.
	 *
	 * @param outcome how the effect ended
	 * @param fingerprint digest of its content
	 */
	record Stored(Outcome outcome, byte @Nullable [] fingerprint) {

		/**
		 * What a claim stores if its effect completes.
		 */
		static Stored of(EffectCall call) {
			Fingerprint fingerprint = call.fingerprint();
			return new Stored(Outcome.COMPLETED, (fingerprint != null) ? fingerprint.bytes() : null);
		}

		boolean collidesWith(@Nullable Fingerprint other) {
			return this.fingerprint != null && other != null && !Fingerprint.restore(this.fingerprint).equals(other);
		}

	}

}
