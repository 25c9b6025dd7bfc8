// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/**
 * How one database reads and deletes what waits. Every lane is read along the index
 * (destination, lane, id), so a read costs the same however much waits and whoever holds
 * the other lanes.
 */
abstract class OutboxSql {

	static final String COLUMNS = "id, created_at, attempts, lane, destination, message_id, route, msg_key, type, "
			+ "source, content_type, headers, body, stream_epoch, stream_partition, stream_number";

	private static final long BYTES_EACH = 16 * 1024;

	private final RowMapper<OutboxRecord> mapper;

	OutboxSql(Dialect dialect) {
		RowMapper<OutboxRecord> message = message(dialect);
		this.mapper = (row, index) -> numbered(row, Objects.requireNonNull(message.mapRow(row, index)));
	}

	/**
	 * Maps messages without their numbers.
	 */
	static RowMapper<OutboxRecord> message(Dialect dialect) {
		return (row, index) -> new OutboxRecord(row.getLong("id"), row.getInt("lane"), row.getString("message_id"),
				row.getString("destination"), row.getString("route"), row.getString("msg_key"), row.getString("type"),
				row.getString("source"), dialect.instant(row, "created_at"), HeaderJson.read(row.getString("headers")),
				row.getString("content_type"), row.getBytes("body"), row.getInt("attempts"));
	}

	private static OutboxRecord numbered(ResultSet row, OutboxRecord message) throws SQLException {
		String epoch = row.getString("stream_epoch");
		if (epoch == null) {
			return message;
		}
		int partition = row.getInt("stream_partition");
		long number = row.getLong("stream_number");
		return message
			.at((partition < 0)
					? Placement.ofRoute(message.lane(), message.destination(), -1 - partition, message.routingKey(),
							epoch, number)
					: Placement.of(message.lane(), message.destination(), partition, epoch, number));
	}

	/**
	 * Names messages of one destination, which is the parameter. Lanes and ids are
	 * numbers, nothing to quote.
	 */
	static String those(List<OutboxRecord> messages) {
		String lanes = LaneSql.list(messages.stream().map(OutboxRecord::lane).distinct().sorted().toList());
		return "destination = ? AND lane IN " + lanes + " AND id IN " + ids(messages);
	}

	private static String ids(List<OutboxRecord> messages) {
		return messages.stream()
			.map((message) -> String.valueOf(message.position()))
			.collect(Collectors.joining(", ", "(", ")"));
	}

	static OutboxSql of(Dialect dialect) {
		return (dialect == Dialect.POSTGRESQL) ? new Postgres() : new Portable(dialect);
	}

	/**
	 * Reads the oldest messages of some lanes in the order of their ids, and no more once
	 * their payloads have {@link #bytes(int)}.
	 * @param perLane how many of one lane at most
	 * @param limit how many in all at most
	 */
	abstract List<OutboxRecord> oldest(JdbcOperations jdbc, String destination, Collection<Integer> lanes, int perLane,
			int limit);

	/**
	 * Memory for the payloads of so many messages.
	 */
	static long bytes(int messages) {
		return messages * BYTES_EACH;
	}

	/**
	 * Keeps the planner on the index until the end of the transaction, whatever its
	 * statistics say. Those of a table that is mostly empty are no help when it fills.
	 */
	void alongTheIndex(JdbcOperations jdbc) {
	}

	abstract void delete(JdbcOperations jdbc, String destination, List<OutboxRecord> messages);

	final RowMapper<OutboxRecord> mapper() {
		return this.mapper;
	}

	/**
	 * PostgreSQL, with arrays, so that the text of a statement never changes.
	 */
	private static final class Postgres extends OutboxSql {

		private static final String OLDEST = "SELECT * FROM (SELECT f.*, "
				+ "sum(octet_length(f.body)) OVER (ORDER BY f.id) - octet_length(f.body) AS bytes_before FROM ("
				+ "SELECT m.* FROM unnest(?) AS l (lane) CROSS JOIN LATERAL (SELECT " + COLUMNS
				+ " FROM idempotency_outbox WHERE destination = ? AND lane = l.lane ORDER BY id LIMIT ?) m "
				+ "ORDER BY m.id LIMIT ?) f) sized WHERE bytes_before < ? ORDER BY id";

		private static final String DELETE = "DELETE FROM idempotency_outbox o USING unnest(?, ?) AS d (lane, id) "
				+ "WHERE o.destination = ? AND o.lane = d.lane AND o.id = d.id";

		private Postgres() {
			super(Dialect.POSTGRESQL);
		}

		@Override
		void alongTheIndex(JdbcOperations jdbc) {
			jdbc.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off");
		}

		@Override
		List<OutboxRecord> oldest(JdbcOperations jdbc, String destination, Collection<Integer> lanes, int perLane,
				int limit) {
			return jdbc.query((connection) -> {
				PreparedStatement statement = connection.prepareStatement(OLDEST);
				statement.setArray(1, connection.createArrayOf("int2", lanes.toArray()));
				statement.setString(2, destination);
				statement.setInt(3, perLane);
				statement.setInt(4, limit);
				statement.setLong(5, bytes(limit));
				return statement;
			}, mapper());
		}

		@Override
		void delete(JdbcOperations jdbc, String destination, List<OutboxRecord> messages) {
			jdbc.update((connection) -> {
				PreparedStatement statement = connection.prepareStatement(DELETE);
				statement.setArray(1,
						connection.createArrayOf("int2", messages.stream().map(OutboxRecord::lane).toArray()));
				statement.setArray(2,
						connection.createArrayOf("int8", messages.stream().map(OutboxRecord::position).toArray()));
				statement.setString(3, destination);
				return statement;
			});
		}

	}

	/**
	 * The others, with one branch per lane. Lanes and ids are numbers, nothing to quote.
	 */
	private static final class Portable extends OutboxSql {

		private Portable(Dialect dialect) {
			super(dialect);
		}

		@Override
		List<OutboxRecord> oldest(JdbcOperations jdbc, String destination, Collection<Integer> lanes, int perLane,
				int limit) {
			String heads = lanes.stream()
				.map((lane) -> "(SELECT id FROM idempotency_outbox WHERE destination = ? AND lane = " + lane
						+ " ORDER BY id LIMIT " + perLane + ")")
				.collect(Collectors.joining(" UNION ALL "));
			String columns = "m." + COLUMNS.replace(", ", ", m.");
			String first = "SELECT id FROM (" + heads + ") u ORDER BY id LIMIT " + limit;
			String sized = "SELECT h.id, SUM(OCTET_LENGTH(b.body)) OVER (ORDER BY h.id) - OCTET_LENGTH(b.body) "
					+ "AS bytes_before FROM (" + first + ") h JOIN idempotency_outbox b ON b.id = h.id";
			return jdbc.query(
					"SELECT " + columns + " FROM (" + sized + ") s JOIN idempotency_outbox m ON m.id = s.id "
							+ "WHERE s.bytes_before < " + bytes(limit) + " ORDER BY m.id",
					mapper(), lanes.stream().map((lane) -> destination).toArray());
		}

		@Override
		void delete(JdbcOperations jdbc, String destination, List<OutboxRecord> messages) {
			jdbc.update("DELETE FROM idempotency_outbox WHERE id IN " + ids(messages));
		}

	}

}
