// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.outbox.OutboxRecord;
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

	/**
	 * Where a crash of the database forgets this commit, the page is sent again under the
	 * same ids, which is what a crash a moment earlier would have led to.
	 */
	private static final String UNFLUSHED = "SET LOCAL synchronous_commit = off";

	private static final String ASIDE = "INSERT INTO idempotency_outbox (id, created_at, attempts, lane, destination, "
			+ "message_id, route, msg_key, type, source, content_type, headers, body, last_error) "
			+ "OVERRIDING SYSTEM VALUE VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

	private final OwnTransactions transactions;

	private final String destination;

	LogClosing(OwnTransactions transactions, String destination) {
		this.transactions = transactions;
		this.destination = destination;
	}

	/**
	 * Closes a page.
	 * @param row where the cursor stands
	 * @param last id of the last message of the page
	 * @param more whether the batch has more pages
	 * @param aside what is set aside
	 * @return where the cursor stands then, {@code null} if it is somebody else's
	 */
	boolean close(LogCursor row, long last, boolean more, List<OutboxLog.Aside> aside) {
		return this.transactions.together((jdbc) -> {
			if (more && aside.isEmpty()) {
				jdbc.execute(UNFLUSHED);
			}
			int mine = jdbc.update(more ? GO_ON : CLOSE, last, this.destination, row.lanes(), row.epoch(), row.after(),
					row.opened());
			if (mine == 1 && !aside.isEmpty()) {
				setAside(jdbc, aside);
			}
			return mine == 1;
		});
	}

	private static void setAside(JdbcOperations jdbc, List<OutboxLog.Aside> aside) {
		jdbc.batchUpdate(ASIDE, aside.stream().map(LogClosing::parameters).toList());
	}

	private static Object[] parameters(OutboxLog.Aside aside) {
		OutboxRecord message = aside.message();
		String reason = aside.reason();
		return new Object[] { message.position(), Dialect.POSTGRESQL.parameter(message.time()), aside.attempts(),
				message.lane(), message.destination(), message.id(), message.route(), message.key(), message.type(),
				message.source(), message.contentType(), HeaderJson.write(message.headers()), message.body(),
				(reason != null) ? Texts.shortened(reason) : null };
	}

}
