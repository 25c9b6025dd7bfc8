// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;

import dev.idempotency.inbox.Hole;
import dev.idempotency.inbox.HoleChange;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.Step;
import dev.idempotency.inbox.Stream;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * The tables of positions and holes. Every change is conditional on owner and position,
 * so that it changes nothing where somebody else took the stream.
 */
final class PositionTable {

	static final String CONDITION = " WHERE key_hash = ? AND owner = ? AND position = ? AND epoch = ?";

	/** In the column {@code since} of a stream whose flow is consumed by keys. */
	static final long LEFT = Long.MAX_VALUE;

	private static final int MAX_STREAM = 2000;

	private static final int REMEMBERED = 10_000;

	/** Every message of a stream asks for the same one. */
	private static final ConcurrentMap<Stream, byte[]> HASHES = new ConcurrentHashMap<>();

	private final Dialect dialect;

	private final String advance;

	PositionTable(Dialect dialect) {
		this.dialect = dialect;
		this.advance = advanceSql(dialect);
	}

	static String advanceSql(Dialect dialect) {
		return "UPDATE idempotency_position SET position = ?, epoch = ?, touched_at = " + dialect.now() + CONDITION;
	}

	/**
	 * The key of a stream's row; nobody may change it.
	 */
	static byte[] hash(Stream stream) {
		byte[] known = HASHES.get(stream);
		if (known != null) {
			return known;
		}
		if (HASHES.size() >= REMEMBERED) {
			HASHES.clear();
		}
		byte[] hash = Hashes.of(stream.flow(), stream.name());
		HASHES.put(stream, hash);
		return hash;
	}

	/**
	 * Makes the caller the owner.
	 * @return how far the stream is, {@code null} if there is no row yet
	 */
	@Nullable Progress take(JdbcOperations jdbc, Stream stream) {
		byte[] hash = hash(stream);
		if (jdbc.update("UPDATE idempotency_position SET owner = owner + 1, touched_at = " + this.dialect.now()
				+ " WHERE key_hash = ?", (Object) hash) == 0) {
			return null;
		}
		return read(jdbc, hash);
	}

	/**
	 * Keeps everybody else from moving a stream on that nobody owns, until the end of the
	 * transaction.
	 * @param suffix what to do if somebody has it already
	 * @return how far the stream is, {@code null} if there is no row, or it is skipped
	 */
	@Nullable Progress lock(JdbcOperations jdbc, byte[] hash, String suffix) {
		List<Integer> locked = jdbc.queryForList(
				"SELECT 1 FROM idempotency_position WHERE key_hash = ? FOR UPDATE" + suffix, Integer.class,
				(Object) hash);
		return locked.isEmpty() ? null : read(jdbc, hash);
	}

	private static @Nullable Progress read(JdbcOperations jdbc, byte[] hash) {
		List<Hole> holes = jdbc.query(
				"SELECT first_number, last_number, state FROM idempotency_hole WHERE key_hash = ?",
				(row, index) -> new Hole(row.getLong(1), row.getLong(2), Hole.Kind.valueOf(row.getString(3))),
				(Object) hash);
		return jdbc.queryForObject("SELECT owner, epoch, position, since FROM idempotency_position WHERE key_hash = ?",
				(row, index) -> new Progress(row.getLong(1), row.getInt(2), row.getLong(3), row.getLong(4), holes),
				(Object) hash);
	}

	void insert(JdbcOperations jdbc, Stream stream, long since) {
		jdbc.update(
				"INSERT INTO idempotency_position (owner, position, since, touched_at, epoch, key_hash, flow, stream) "
						+ "VALUES (0, 0, ?, " + this.dialect.now() + ", -1, ?, ?, ?)",
				since, hash(stream), stream.flow(), Texts.shortened(stream.name(), MAX_STREAM));
	}

	/**
	 * Notes that keys decide in a flow now. Streams that nobody owns are let be: there
	 * they always do.
	 */
	static void leave(JdbcOperations jdbc, String flow) {
		jdbc.update("UPDATE idempotency_position SET since = " + LEFT
				+ ", owner = owner + 1 WHERE flow = ? AND owner > 0 AND since < " + LEFT, flow);
	}

	/**
	 * Lets places decide again, in the same way for everybody who finds the stream left.
	 */
	static void resume(JdbcOperations jdbc, Stream stream, long end) {
		jdbc.update("UPDATE idempotency_position SET since = CASE WHEN position < ? THEN ? ELSE position + 1 END "
				+ "WHERE key_hash = ? AND since = " + LEFT, end, end, hash(stream));
	}

	/**
	 * Moves streams on, in the transaction of the connection. A poll can have messages of
	 * many streams, which PostgreSQL is told of at once; drivers of other databases may
	 * not say what became of each.
	 * @return index of the first stream that somebody else took, -1 if there is none
	 */
	int advance(Connection connection, List<HeldPosition.Move> moves) throws SQLException {
		if (moves.isEmpty()) {
			return -1;
		}
		try (PreparedStatement statement = connection.prepareStatement(this.advance)) {
			if (this.dialect != Dialect.POSTGRESQL || moves.size() == 1) {
				return oneByOne(statement, moves);
			}
			for (HeldPosition.Move move : moves) {
				bind(statement, move.stream(), move.step());
				statement.addBatch();
			}
			int[] changed = statement.executeBatch();
			return IntStream.range(0, changed.length).filter((i) -> changed[i] != 1).findFirst().orElse(-1);
		}
	}

	private static int oneByOne(PreparedStatement statement, List<HeldPosition.Move> moves) throws SQLException {
		for (int i = 0; i < moves.size(); i++) {
			bind(statement, moves.get(i).stream(), moves.get(i).step());
			if (statement.executeUpdate() != 1) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * Moves a locked stream on, with its holes.
	 * @return {@code false} if it was not locked
	 */
	boolean move(Connection connection, byte[] hash, Step step) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.advance)) {
			bind(statement, hash, step);
			return statement.executeUpdate() == 1 && change(connection, hash, step);
		}
	}

	static void bind(PreparedStatement statement, Stream stream, Step step) throws SQLException {
		bind(statement, hash(stream), step);
	}

	private static void bind(PreparedStatement statement, byte[] hash, Step step) throws SQLException {
		statement.setLong(1, step.to().position());
		statement.setInt(2, step.to().epoch());
		statement.setBytes(3, hash);
		statement.setLong(4, step.from().owner());
		statement.setLong(5, step.from().position());
		statement.setInt(6, step.from().epoch());
	}

	/**
	 * Changes the holes, in the transaction of the connection.
	 * @return {@code false} if a hole is not there any more
	 */
	boolean change(Connection connection, Stream stream, Step step) throws SQLException {
		return step.changes().isEmpty() || change(connection, hash(stream), step);
	}

	private boolean change(Connection connection, byte[] hash, Step step) throws SQLException {
		for (HoleChange change : step.changes()) {
			boolean changed = (change instanceof HoleChange.Filled filled)
					? fill(connection, hash, filled.hole(), filled.number())
					: open(connection, hash, ((HoleChange.Opened) change).hole());
			if (!changed) {
				return false;
			}
		}
		return true;
	}

	private boolean open(Connection connection, byte[] hash, Hole hole) throws SQLException {
		return update(connection,
				"INSERT INTO idempotency_hole (noticed_at, key_hash, first_number, last_number, state) VALUES ("
						+ this.dialect.now() + ", ?, ?, ?, ?)",
				hash, hole.first(), hole.last(), hole.kind().name());
	}

	/**
	 * What is left above the number becomes a hole of its own, as old as the whole; what
	 * is left below keeps the row.
	 */
	private static boolean fill(Connection connection, byte[] hash, Hole hole, long number) throws SQLException {
		if (number < hole.last() && !update(connection,
				"INSERT INTO idempotency_hole (noticed_at, key_hash, first_number, last_number, state) "
						+ "SELECT noticed_at, key_hash, " + (number + 1) + ", last_number, state FROM idempotency_hole "
						+ "WHERE key_hash = ? AND first_number = ? AND last_number = ?",
				hash, hole.first(), hole.last())) {
			return false;
		}
		String change = (number > hole.first()) ? "UPDATE idempotency_hole SET last_number = " + (number - 1)
				: "DELETE FROM idempotency_hole";
		return update(connection, change + " WHERE key_hash = ? AND first_number = ? AND last_number = ?", hash,
				hole.first(), hole.last());
	}

	private static boolean update(Connection connection, String sql, Object... parameters) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < parameters.length; i++) {
				statement.setObject(i + 1, parameters[i]);
			}
			return statement.executeUpdate() == 1;
		}
	}

}
