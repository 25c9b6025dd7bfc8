// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import dev.idempotency.relay.OutboxLog;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Closes a page for good, and sets aside in the same transaction what does not go to the
 * broker in its place.
 */
final class LogClosing {

	private static final String WHERE = " WHERE destination = ? AND lanes = ? AND epoch = ? AND after_id = ? "
			+ "AND opened::text = ?";

	private static final String CLOSE = "UPDATE idempotency_outbox_cursor SET closed = opened, opened = NULL, "
			+ "after_id = 0, top_id = greatest(top_id, ?)" + WHERE;

	private static final String GO_ON = "UPDATE idempotency_outbox_cursor SET after_id = ?" + WHERE;

	private static final String MOVED = "WITH closed AS (%s RETURNING lanes)%s SELECT count(*) FROM closed";

	private static final String NUMBERED = ", numbers AS (" + LogNumbering.write("closed") + ")";

	/**
	 * Where a crash of the database forgets this commit, the page is sent again under the
	 * same ids, which is what a crash a moment earlier would have led to.
	 */
	private static final String UNFLUSHED = "SELECT set_config('synchronous_commit', 'off', true)";

	private static final String FLUSHED = "SELECT " + LogSql.NOT_IDLE;

	private static final String ASIDE = "INSERT INTO idempotency_outbox (id, created_at, attempts, lane, destination, "
			+ "message_id, route, msg_key, type, source, content_type, headers, body, stream_epoch, "
			+ "stream_partition, stream_number, last_error) "
			+ "OVERRIDING SYSTEM VALUE VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

	private final OwnTransactions transactions;

	private final String destination;

	private final LogNumbering numbering;

	LogClosing(OwnTransactions transactions, String destination, LogNumbering numbering) {
		this.transactions = transactions;
		this.destination = destination;
		this.numbering = numbering;
	}

	/**
	 * Closes a page, in one round trip if nothing is set aside.
	 * @param row where the cursor stands
	 * @param last id of the last message of the page
	 * @param more whether the batch has more pages
	 * @param aside what is set aside
	 * @return {@code false} if the row is somebody else's
	 */
	boolean close(LogCursor row, long last, boolean more, List<OutboxLog.Aside> aside) {
		if (aside.isEmpty()) {
			return this.transactions.each((jdbc) -> move(jdbc, more ? UNFLUSHED : FLUSHED, more, row, last));
		}
		return this.transactions.together((jdbc) -> {
			boolean mine = move(jdbc, FLUSHED, more, row, last);
			if (mine) {
				setAside(jdbc, aside);
			}
			return mine;
		});
	}

	private boolean move(JdbcOperations jdbc, String settings, boolean more, LogCursor row, long last) {
		boolean numbered = this.numbering.pending();
		String sql = MOVED.formatted(more ? GO_ON : CLOSE, numbered ? NUMBERED : "");
		return LogSql.query(jdbc, settings, sql, (connection, statement) -> {
			statement.setLong(1, last);
			statement.setString(2, this.destination);
			statement.setLong(3, row.lanes());
			statement.setLong(4, row.epoch());
			statement.setLong(5, row.after());
			statement.setString(6, row.opened());
			if (numbered) {
				this.numbering.bind(connection, statement, 7);
			}
		}, (rows) -> rows.next() && rows.getInt(1) == 1);
	}

	private static void setAside(JdbcOperations jdbc, List<OutboxLog.Aside> aside) {
		jdbc.batchUpdate(ASIDE, aside.stream().map(LogClosing::parameters).toList());
	}

	private static Object[] parameters(OutboxLog.Aside aside) {
		OutboxRecord message = aside.message();
		String reason = aside.reason();
		Placement place = message.placement();
		return new Object[] { message.position(), Dialect.POSTGRESQL.parameter(message.time()), aside.attempts(),
				message.lane(), message.destination(), message.id(), message.route(), message.key(), message.type(),
				message.source(), message.contentType(), HeaderJson.write(message.headers()), message.body(),
				(place != null) ? place.position().epoch() : null, (place != null) ? place.partition() : null,
				(place != null) ? place.position().sequence() : null,
				(reason != null) ? Texts.shortened(reason) : null };
	}

}
