// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;

import org.springframework.jdbc.core.RowMapper;

/**
 * Maps rows of the log, whose columns are {@link LogSql#COLUMNS}. A large backlog is as
 * fast as this: columns are read by their place, and what one message has in common with
 * the one before is kept once. Serves one reader.
 */
final class LogMapper implements RowMapper<OutboxRecord> {

	private int first;

	private String destination = "";

	private String type = "";

	private String source = "";

	private String contentType = "";

	private String json = "{}";

	private Map<String, String> headers = Map.of();

	@Override
	public OutboxRecord mapRow(ResultSet row, int index) throws SQLException {
		if (index == 0) {
			this.first = row.findColumn("id");
		}
		int at = this.first;
		long id = row.getLong(at++);
		Instant time = row.getObject(at++, OffsetDateTime.class).toInstant();
		int attempts = row.getInt(at++);
		int lane = row.getInt(at++);
		this.destination = same(this.destination, row.getString(at++));
		String messageId = row.getString(at++);
		String route = row.getString(at++);
		String key = row.getString(at++);
		this.type = same(this.type, row.getString(at++));
		this.source = same(this.source, row.getString(at++));
		this.contentType = same(this.contentType, row.getString(at++));
		Map<String, String> further = headers(row.getString(at++));
		return new OutboxRecord(id, lane, messageId, this.destination, route, key, this.type, this.source, time,
				further, this.contentType, row.getBytes(at), attempts);
	}

	private Map<String, String> headers(String found) {
		if (!this.json.equals(found)) {
			this.headers = Map.copyOf(HeaderJson.read(found));
			this.json = found;
		}
		return this.headers;
	}

	private static String same(String before, String found) {
		return before.equals(found) ? before : found;
	}

}
