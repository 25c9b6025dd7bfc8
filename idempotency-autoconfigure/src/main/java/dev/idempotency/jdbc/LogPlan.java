// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/**
 * Where the rows of an open batch lie, in the order of their ids, so that a batch of any
 * size is sorted once and then read page by page, each row by its address. Rows of the
 * log never move, unless somebody rewrites the table, which is noticed.
 */
final class LogPlan {

	/** Rows planned at a time; the addresses of more would take more memory. */
	static final int CAP = 250_000;

	/** Memory for the payloads of a page. */
	static final long PAGE_BYTES = 8 * 1024 * 1024;

	private static final int SEGMENTS = 3;

	private static final String PLAN = "SELECT id, segment, ctid, bytes FROM ("
			+ LogSql.notIn(
					"id, xid, lane, segment, idempotency_outbox_log.ctid::text AS ctid, octet_length(body) AS bytes",
					"idempotency_outbox_log", "b.since")
			+ ") l WHERE pg_visible_in_snapshot(xid, b.until) AND (b.lanes >> lane) & 1 = 1 AND id > b.after_id";

	private static final String OPEN = "SELECT l.* FROM (SELECT ?::pg_snapshot AS since, ?::pg_snapshot AS until, "
			+ "?::bigint AS lanes, ?::bigint AS after_id) b CROSS JOIN LATERAL (" + PLAN + ") l ORDER BY id LIMIT ?";

	private static final String FETCH = "SELECT " + LogSql.TROUBLED + ", p.* FROM (SELECT 1) one LEFT JOIN (" + part(0)
			+ " UNION ALL " + part(1) + " UNION ALL " + part(2) + ") p ON true";

	private final List<Place> places;

	private final boolean cut;

	private int next;

	private LogPlan(List<Place> places, boolean cut) {
		this.places = places;
		this.cut = cut;
	}

	private static String part(int segment) {
		return "SELECT " + LogSql.COLUMNS + " FROM " + LogSql.leaf(segment) + " WHERE ctid = ANY (?::tid[])";
	}

	/**
	 * Plans what is left of an open batch.
	 * @param cap how much of it at most
	 */
	static LogPlan of(JdbcOperations jdbc, String destination, LogCursor cursor, int cap) {
		return LogSql.query(jdbc, OPEN, (connection, statement) -> {
			statement.setString(1, cursor.closed());
			statement.setString(2, Objects.requireNonNull(cursor.opened(), "opened"));
			statement.setLong(3, cursor.lanes());
			statement.setLong(4, cursor.after());
			statement.setString(5, destination);
			statement.setString(6, destination);
			statement.setInt(7, cap);
		}, (rows) -> {
			List<Place> places = new ArrayList<>();
			while (rows.next()) {
				places.add(Place.of(rows.getLong("id"), rows.getInt("segment"), rows.getString("ctid"),
						rows.getInt("bytes")));
			}
			return new LogPlan(places, places.size() == cap);
		});
	}

	/**
	 * Whether the batch is read to its end.
	 */
	boolean exhausted() {
		return this.next == this.places.size() && !this.cut;
	}

	/**
	 * Whether more of the batch must be planned.
	 */
	boolean usedUp() {
		return this.next == this.places.size() && this.cut;
	}

	/**
	 * Reads on.
	 * @return the rows, {@code null} if they are not where they were
	 */
	@Nullable LogRows read(JdbcOperations jdbc, String destination, RowMapper<OutboxRecord> mapper, int limit) {
		List<Place> wanted = this.places.subList(this.next, end(limit));
		LogRows found = LogSql.query(jdbc, FETCH, (connection, statement) -> {
			statement.setString(1, destination);
			statement.setString(2, destination);
			for (int segment = 0; segment < SEGMENTS; segment++) {
				statement.setArray(3 + segment, connection.createArrayOf("text", textOf(wanted, segment)));
			}
		}, (rows) -> {
			rows.next();
			return LogRows.rest(rows, mapper);
		});
		List<OutboxRecord> sorted = new ArrayList<>(found.messages());
		sorted.sort(Comparator.comparingLong(OutboxRecord::position));
		if (!isWanted(sorted, wanted)) {
			return null;
		}
		this.next += wanted.size();
		return new LogRows(sorted, found.troubled());
	}

	private static boolean isWanted(List<OutboxRecord> found, List<Place> wanted) {
		return found.size() == wanted.size()
				&& IntStream.range(0, found.size()).allMatch((at) -> found.get(at).position() == wanted.get(at).id());
	}

	private int end(int limit) {
		int end = this.next;
		long bytes = 0;
		while (end < this.places.size() && end - this.next < limit && (end == this.next || bytes < PAGE_BYTES)) {
			bytes += this.places.get(end++).bytes();
		}
		return end;
	}

	private static Object[] textOf(List<Place> places, int segment) {
		return places.stream().filter((place) -> place.segment() == segment).map(Place::ctid).toArray();
	}

	/**
	 * Where a row lies.
	 */
	private record Place(long id, int segment, int block, short line, int bytes) {

		static Place of(long id, int segment, String ctid, int bytes) {
			int comma = ctid.indexOf(',');
			return new Place(id, segment, Integer.parseUnsignedInt(ctid, 1, comma, 10),
					Short.parseShort(ctid.substring(comma + 1, ctid.length() - 1)), bytes);
		}

		String ctid() {
			return "(" + Integer.toUnsignedString(this.block) + "," + this.line + ")";
		}

	}

}
