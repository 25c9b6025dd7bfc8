// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import javax.sql.DataSource;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.WakeUp;
import dev.idempotency.relay.ParkedOutbox;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Brings parked messages of the outbox back under the lock of their lane, so that the
 * relay parks nothing behind them at the same moment.
 */
public final class JdbcParkedOutbox implements ParkedOutbox {

	private static final String ENTRIES = "SELECT id, message_id, destination, msg_key, reason, parked_at "
			+ "FROM idempotency_outbox_parked ";

	private final OwnTransactions transactions;

	private final Dialect dialect;

	private final WakeUp wakeUp;

	/**
	 * Creates it.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param wakeUp tells the relay what waits again
	 */
	public JdbcParkedOutbox(DataSource dataSource, Dialect dialect, WakeUp wakeUp) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
		this.wakeUp = wakeUp;
	}

	@Override
	public List<Entry> newest(int limit) {
		return this.transactions
			.each((jdbc) -> jdbc.query(ENTRIES + "ORDER BY id DESC LIMIT " + limit, (row, index) -> entry(row)));
	}

	private Entry entry(ResultSet row) throws SQLException {
		return new Entry(row.getString("id"), row.getString("message_id"), row.getString("destination"),
				row.getString("msg_key"), row.getString("reason"), this.dialect.instant(row, "parked_at"));
	}

	@Override
	public List<HaltedKey> haltedKeys(int limit) {
		return this.transactions.each((jdbc) -> jdbc.query(
				"SELECT destination, msg_key, halted_at FROM idempotency_halted_key ORDER BY halted_at DESC LIMIT "
						+ limit,
				(row, index) -> new HaltedKey(row.getString("destination"), row.getString("msg_key"),
						this.dialect.instant(row, "halted_at"))));
	}

	@Override
	public Map<String, Long> counts(int cap) {
		return this.transactions.each((jdbc) -> {
			Map<String, Long> counts = new LinkedHashMap<>();
			String destination = next(jdbc, "");
			while (destination != null) {
				Long count = jdbc.queryForObject(
						"SELECT COUNT(*) FROM (SELECT 1 AS one "
								+ "FROM idempotency_outbox_parked WHERE destination = ? LIMIT " + cap + ") capped",
						Long.class, destination);
				counts.put(destination, (count != null) ? count : 0);
				destination = next(jdbc, destination);
			}
			return counts;
		});
	}

	private static @Nullable String next(JdbcOperations jdbc, String destination) {
		return jdbc.queryForObject("SELECT MIN(destination) FROM idempotency_outbox_parked WHERE destination > ?",
				String.class, destination);
	}

	@Override
	public OptionalInt resume(String destination, String key) {
		int lane = Lanes.of(key, "");
		OptionalInt resumed = this.transactions.together((jdbc) -> {
			LaneSql.lock(jdbc, lane);
			int halted = jdbc.update("DELETE FROM idempotency_halted_key WHERE destination = ? AND key_hash = ?",
					destination, Hashes.of(destination, key));
			return (halted == 0) ? OptionalInt.empty() : OptionalInt.of(putBackAll(jdbc, destination, lane, key));
		});
		if (resumed.isPresent()) {
			this.wakeUp.committed(destination, lane);
		}
		return resumed;
	}

	@Override
	public Resend resend(String id) {
		Long number = Texts.number(id);
		if (number == null) {
			return Resend.UNKNOWN;
		}
		List<Place> places = this.transactions.each((jdbc) -> jdbc.query(
				"SELECT destination, lane, msg_key FROM idempotency_outbox_parked WHERE id = ?",
				(row, index) -> new Place(row.getString("destination"), row.getInt("lane"), row.getString("msg_key")),
				number));
		if (places.isEmpty()) {
			return Resend.UNKNOWN;
		}
		Place place = places.get(0);
		Resend result = this.transactions.together((jdbc) -> {
			LaneSql.lock(jdbc, place.lane());
			if (halted(jdbc, place)) {
				return Resend.KEY_HALTED;
			}
			return (putBack(jdbc, "id = ?", number) > 0) ? Resend.WAITING : Resend.UNKNOWN;
		});
		if (result == Resend.WAITING) {
			this.wakeUp.committed(place.destination(), place.lane());
		}
		return result;
	}

	@Override
	public Optional<Entry> discard(String id) {
		Long number = Texts.number(id);
		if (number == null) {
			return Optional.empty();
		}
		return this.transactions.together((jdbc) -> {
			List<Entry> found = jdbc.query(ENTRIES + "WHERE id = ?", (row, index) -> entry(row), number);
			int given = jdbc.update("DELETE FROM idempotency_outbox_parked WHERE id = ?", number);
			return (given > 0) ? found.stream().findFirst() : Optional.empty();
		});
	}

	private static boolean halted(JdbcOperations jdbc, Place place) {
		return place.key() != null && !jdbc
			.queryForList("SELECT msg_key FROM idempotency_halted_key WHERE destination = ? AND key_hash = ?",
					String.class, place.destination(), Hashes.of(place.destination(), place.key()))
			.isEmpty();
	}

	/**
	 * MariaDB and MySQL would take keys for equal that differ in trailing blanks.
	 */
	private int putBackAll(JdbcOperations jdbc, String destination, int lane, String key) {
		String ofLane = "destination = ? AND lane = ? AND ";
		return this.dialect.isMySql()
				? putBack(jdbc, ofLane + "CAST(msg_key AS BINARY) = ?", destination, lane,
						key.getBytes(StandardCharsets.UTF_8))
				: putBack(jdbc, ofLane + "msg_key = ?", destination, lane, key);
	}

	private int putBack(JdbcOperations jdbc, String which, Object... parameters) {
		String own = this.dialect.isMySql() ? "" : "OVERRIDING SYSTEM VALUE ";
		String columns = OutboxSql.COLUMNS.replace("attempts", "0");
		jdbc.update("INSERT INTO idempotency_outbox (" + OutboxSql.COLUMNS + ") " + own + "SELECT " + columns
				+ " FROM idempotency_outbox_parked WHERE " + which, parameters);
		return jdbc.update("DELETE FROM idempotency_outbox_parked WHERE " + which, parameters);
	}

	/**
	 * Where a message belongs.
	 */
	private record Place(String destination, int lane, @Nullable String key) {
	}

}
