// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.idempotency.inbox.MissingMessages;

import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Reads open holes.
 */
public final class JdbcMissingMessages implements MissingMessages {

	private static final String OPEN = "FROM idempotency_hole h JOIN idempotency_position p "
			+ "ON p.key_hash = h.key_hash WHERE h.state = 'OPEN' AND h.noticed_at <= ";

	private final OwnTransactions transactions;

	private final Dialect dialect;

	/**
	 * Creates a reader.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcMissingMessages(DataSource dataSource, Dialect dialect) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
	}

	@Override
	public Map<String, Long> counts(Duration after) {
		Map<String, Long> counts = new LinkedHashMap<>();
		RowCallbackHandler count = (row) -> counts.put(row.getString(1), row.getLong(2));
		return this.transactions.each((jdbc) -> {
			jdbc.query("SELECT p.flow, SUM(h.last_number - h.first_number + 1) " + OPEN + this.dialect.later()
					+ " GROUP BY p.flow ORDER BY p.flow", count, ago(after));
			return counts;
		});
	}

	@Override
	public List<Gap> oldest(Duration after, int limit) {
		return this.transactions.each((jdbc) -> jdbc.query(
				"SELECT p.flow, p.stream, h.first_number, h.last_number, h.noticed_at " + OPEN + this.dialect.later()
						+ " ORDER BY h.noticed_at, h.first_number LIMIT " + limit,
				(row, index) -> new Gap(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4),
						this.dialect.instant(row, "noticed_at")),
				ago(after)));
	}

	private static long ago(Duration after) {
		return -TimeUnit.MICROSECONDS.convert(after);
	}

}
