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

import javax.sql.DataSource;

import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkedMessage.Reason;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.ParkingLot;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Keeps parked messages in rows, and lists them and hands them back for operators.
 */
public final class JdbcParkingLot implements ParkingLot, ParkedMessages {

	private static final int MAX_CHANNEL = 255;

	private static final int MAX_POSITION = 1024;

	private final CallersTransaction caller;

	private final OwnTransactions transactions;

	private final Dialect dialect;

	/**
	 * Creates a parking lot.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcParkingLot(DataSource dataSource, Dialect dialect) {
		this.caller = new CallersTransaction(dataSource);
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
	}

	/**
	 * {@inheritDoc} Not every broker's positions are unique for ever, so other content at
	 * the same position is another message and is kept as well.
	 */
	@Override
	public void park(ParkedMessage message) {
		String headers = HeaderJson.write(message.headers());
		String key = message.key();
		byte[] identity = Hashes.of(message.body(), message.flow(), message.transport(), message.channel(),
				message.position(), headers);
		this.transactions.each((jdbc) -> {
			try {
				return jdbc.update(
						"INSERT INTO idempotency_parked (parked_at, attempts, state, identity_hash, flow, reason, "
								+ "transport, channel, source_position, msg_key, headers, body, cause) VALUES ("
								+ this.dialect.now() + ", ?, 'PARKED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
						message.attempts(), identity, message.flow(), message.reason().name(), message.transport(),
						Texts.shortened(message.channel(), MAX_CHANNEL),
						Texts.shortened(message.position(), MAX_POSITION),
						(key != null) ? Texts.shortened(key, Integer.MAX_VALUE) : null, headers, message.body(),
						Texts.shortened(message.cause()));
			}
			catch (DuplicateKeyException ex) {
				return 0;
			}
		});
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

	/**
	 * Takes a message back to be replayed. In a transaction of the caller's it is taken
	 * if and only if that commits: called together with the outbox, a message taken is a
	 * message sent.
	 * @param id names the message
	 * @return the message, empty if there is none of that name or somebody else took it
	 * first
	 */
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
		int taken = jdbc.update("UPDATE idempotency_parked SET state = 'REPLAYED', replayed_at = " + this.dialect.now()
				+ " WHERE id = ? AND state = 'PARKED'", id);
		if (taken == 0) {
			return Optional.empty();
		}
		return jdbc
			.query("SELECT flow, reason, transport, channel, source_position, msg_key, headers, body, attempts, cause "
					+ "FROM idempotency_parked WHERE id = ?", (row, index) -> message(row), id)
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
				row.getString("cause"));
	}

	private static Reason reason(ResultSet row) throws SQLException {
		return Reason.valueOf(row.getString("reason"));
	}

}
