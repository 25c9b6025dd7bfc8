// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkedMessage.Reason;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.delivery.ReplaySource;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Stream;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Keeps parked messages in rows, and lists them and hands them back for operators.
 */
public final class JdbcParkingLot implements ParkingLot, ParkedMessages, ReplaySource {

	private static final int MAX_CHANNEL = 255;

	private static final int MAX_POSITION = 1024;

	private final CallersTransaction caller;

	private final OwnTransactions transactions;

	private final Dialect dialect;

	private final JdbcStreams streams;

	/**
	 * Creates a parking lot.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param streams notes the places of messages set aside
	 */
	public JdbcParkingLot(DataSource dataSource, Dialect dialect, JdbcStreams streams) {
		this.streams = streams;
		this.caller = new CallersTransaction(dataSource);
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
	}

	/**
	 * {@inheritDoc} Not every broker's positions are unique for ever, so other content at
	 * the same position is another message and is kept as well. The place of the message
	 * is accounted for in the same transaction, so that whoever lost the stream sets
	 * nothing aside.
	 */
	@Override
	public void park(ParkedMessage message) {
		Position place = message.place();
		if (place instanceof Position.Unordered unordered) {
			Stream stream = new Stream(message.flow(), place.stream());
			this.streams.share(stream);
			insertAndNote(message, (jdbc) -> this.streams.park(jdbc, stream, unordered));
			return;
		}
		if (place != null) {
			this.streams.park(new Stream(message.flow(), place.stream()), place,
					(noting) -> insertAndNote(message, noting));
			return;
		}
		this.transactions.each((jdbc) -> {
			try {
				return insert(jdbc, message);
			}
			catch (DuplicateKeyException ex) {
				return 0;
			}
		});
	}

	private void insertAndNote(ParkedMessage message, Function<JdbcOperations, Boolean> noting) {
		try {
			this.transactions.together((jdbc) -> insert(jdbc, message) == 1 && noting.apply(jdbc));
		}
		catch (DuplicateKeyException ex) {
			this.transactions.together(noting);
		}
	}

	private int insert(JdbcOperations jdbc, ParkedMessage message) {
		String headers = HeaderJson.write(message.headers());
		String key = message.key();
		EffectKey known = storable(message.identity());
		byte[] identity = Hashes.of(message.body(), message.flow(), message.transport(), message.channel(),
				message.position(), headers);
		return jdbc.update("INSERT INTO idempotency_parked (parked_at, attempts, state, identity_hash, flow, reason, "
				+ "transport, channel, source_position, msg_key, headers, body, cause, identity_source, identity_id) "
				+ "VALUES (" + this.dialect.now() + ", ?, 'PARKED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				message.attempts(), identity, message.flow(), message.reason().name(), message.transport(),
				Texts.shortened(message.channel(), MAX_CHANNEL), Texts.shortened(message.position(), MAX_POSITION),
				(key != null) ? Texts.shortened(key, Integer.MAX_VALUE) : null, headers, message.body(),
				Texts.shortened(message.cause()), (known != null) ? known.source() : null,
				(known != null) ? known.id() : null);
	}

	private static @Nullable EffectKey storable(@Nullable EffectKey key) {
		boolean fits = key != null && Texts.problem(key.source(), EffectKey.MAX_LENGTH) == null
				&& Texts.problem(key.id(), EffectKey.MAX_LENGTH) == null;
		return fits ? key : null;
	}

	@Override
	public List<Entry> newest(int limit) {
		return this.transactions.each((jdbc) -> jdbc.query("SELECT id, flow, reason, transport, channel, "
				+ "source_position, attempts, cause, parked_at FROM idempotency_parked WHERE state = 'PARKED' "
				+ "ORDER BY id DESC LIMIT " + limit, (row, index) -> entry(row)));
	}

	@Override
	public Map<String, Long> counts(int cap) {
		return this.transactions.each((jdbc) -> {
			Map<String, Long> counts = new TreeMap<>();
			String flow = nextFlow(jdbc, "");
			while (flow != null) {
				Long count = jdbc.queryForObject("SELECT COUNT(*) FROM (SELECT 1 AS one FROM idempotency_parked "
						+ "WHERE state = 'PARKED' AND flow = ? LIMIT " + cap + ") capped", Long.class, flow);
				counts.put(flow, (count != null) ? count : 0);
				flow = nextFlow(jdbc, flow);
			}
			return new LinkedHashMap<>(counts);
		});
	}

	private static @Nullable String nextFlow(JdbcOperations jdbc, String flow) {
		return jdbc.queryForObject("SELECT MIN(flow) FROM idempotency_parked WHERE state = 'PARKED' AND flow > ?",
				String.class, flow);
	}

	@Override
	public List<String> oldest(String flow, int limit) {
		return this.transactions.each((jdbc) -> jdbc.queryForList(
				"SELECT id FROM idempotency_parked WHERE state = 'PARKED' AND flow = ? ORDER BY id LIMIT " + limit,
				String.class, flow));
	}

	@Override
	public boolean discard(String id) {
		Long number = Texts.number(id);
		return number != null && this.transactions.each((jdbc) -> close(jdbc, "DISCARDED", number)) > 0;
	}

	private int close(JdbcOperations jdbc, String state, long id) {
		return jdbc.update("UPDATE idempotency_parked SET state = ?, closed_at = " + this.dialect.now()
				+ " WHERE id = ? AND state = 'PARKED'", state, id);
	}

	@Override
	public Optional<ParkedMessage> take(String id) {
		Long number = Texts.number(id);
		if (number == null) {
			return Optional.empty();
		}
		if (this.caller.connection() != null) {
			return take(new JdbcTemplate(this.caller.dataSource()), number);
		}
		return this.transactions.together((jdbc) -> take(jdbc, number));
	}

	private Optional<ParkedMessage> take(JdbcOperations jdbc, long id) {
		if (close(jdbc, "REPLAYED", id) == 0) {
			return Optional.empty();
		}
		return jdbc
			.query("SELECT flow, reason, transport, channel, source_position, msg_key, headers, body, attempts, cause, "
					+ "identity_source, identity_id " + "FROM idempotency_parked WHERE id = ?",
					(row, index) -> message(row), id)
			.stream()
			.findFirst();
	}

	private Entry entry(ResultSet row) throws SQLException {
		String origin = row.getString("transport") + ":" + row.getString("channel") + " "
				+ row.getString("source_position");
		return new Entry(row.getString("id"), row.getString("flow"), reason(row), origin, row.getInt("attempts"),
				row.getString("cause"), this.dialect.instant(row, "parked_at"));
	}

	private static ParkedMessage message(ResultSet row) throws SQLException {
		return new ParkedMessage(row.getString("flow"), reason(row), row.getString("transport"),
				row.getString("channel"), row.getString("source_position"), row.getString("msg_key"),
				HeaderJson.read(row.getString("headers")), row.getBytes("body"), row.getInt("attempts"),
				row.getString("cause"), identity(row));
	}

	private static @Nullable EffectKey identity(ResultSet row) throws SQLException {
		String id = row.getString("identity_id");
		return (id != null) ? new EffectKey(row.getString("flow"), row.getString("identity_source"), id) : null;
	}

	private static Reason reason(ResultSet row) throws SQLException {
		return Reason.valueOf(row.getString("reason"));
	}

}
