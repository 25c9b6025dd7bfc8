// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

/**
 * Removes external effects that are past their retention: finished ones, and those that
 * surely did not happen and that nobody repeated. What is claimed, in doubt, or may have
 * been seen outside is never removed. Any number of nodes may purge at the same time;
 * they delete in one order and so cannot deadlock.
 */
public final class ClaimPurge {

	private final OwnTransactions transactions;

	private final Dialect dialect;

	private final int batchSize;

	/**
	 * Creates a purge.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param batchSize how many rows one transaction removes at most
	 */
	public ClaimPurge(DataSource dataSource, Dialect dialect, int batchSize) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
		this.batchSize = batchSize;
	}

	/**
	 * Removes at most one batch.
	 * @return whether another round is worth while
	 */
	public boolean purge() {
		String due = ClaimSql.DISPOSABLE + " AND due_at < " + this.dialect.now();
		List<byte[]> keys = this.transactions.each((jdbc) -> jdbc.queryForList(
				"SELECT key_hash FROM " + ClaimSql.TABLE + " WHERE " + due + " ORDER BY due_at LIMIT " + this.batchSize,
				byte[].class));
		keys.sort(Arrays::compareUnsigned);
		if (!keys.isEmpty()) {
			this.transactions.together((jdbc) -> {
				if (this.dialect.isMySql()) {
					jdbc.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
				}
				return jdbc.batchUpdate("DELETE FROM " + ClaimSql.TABLE + " WHERE key_hash = ? AND " + due,
						keys.stream().map((key) -> new Object[] { key }).toList());
			});
		}
		return keys.size() == this.batchSize;
	}

}
