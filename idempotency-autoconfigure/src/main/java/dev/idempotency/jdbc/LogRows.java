// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;

import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.RowMapper;

/**
 * Messages read from the log.
 *
 * @param messages the messages, in order
 * @param troubled whether anything of their destination is outside the log
 */
record LogRows(List<OutboxRecord> messages, boolean troubled) {

	private static final String HELD = "SELECT msg_key FROM idempotency_outbox WHERE destination = ? "
			+ "AND lane = ANY (?) AND msg_key = ANY (?) UNION SELECT msg_key FROM idempotency_halted_key "
			+ "WHERE destination = ?";

	/**
	 * Reads the row at which the cursor stands and those behind it. Each says whether
	 * there is trouble; a row without a message has no id.
	 */
	static LogRows rest(ResultSet rows, RowMapper<OutboxRecord> mapper) throws SQLException {
		List<OutboxRecord> messages = new ArrayList<>();
		boolean troubled = rows.getBoolean("troubled");
		if (rows.getObject("id") != null) {
			do {
				messages.add(Objects.requireNonNull(mapper.mapRow(rows, messages.size())));
			}
			while (rows.next());
		}
		return new LogRows(messages, troubled);
	}

	/**
	 * Keys of which something is outside the log. They are looked up later than the
	 * messages were read: a key that was held up then is held up still, or what it had is
	 * back among what waits.
	 */
	Set<String> held(JdbcOperations jdbc, String destination) {
		Object[] lanes = this.messages.stream().map(OutboxRecord::lane).distinct().toArray();
		Object[] keys = this.messages.stream().map(OutboxRecord::key).filter(Objects::nonNull).distinct().toArray();
		return new HashSet<>(jdbc.query((connection) -> {
			var statement = connection.prepareStatement(HELD);
			statement.setString(1, destination);
			statement.setArray(2, connection.createArrayOf("int2", lanes));
			statement.setArray(3, connection.createArrayOf("text", keys));
			statement.setString(4, destination);
			return statement;
		}, (row, index) -> row.getString(1)));
	}

}
