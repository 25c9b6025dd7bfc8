// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells when nobody can see any more what was before a commit. On PostgreSQL a claim
 * looks at the position in the snapshot of its statement or its transaction, and keeps no
 * lock. Whoever has a snapshot is inside a transaction, and every transaction, one that
 * has written nothing included, holds a lock on its virtual id until it ends. Such ids
 * are never given again while the server runs. Claims of the other databases keep the
 * position itself locked, so nobody is to be waited for.
 */
final class OlderSnapshots {

	/**
	 * A transaction in another database of the server cannot see these tables.
	 */
	private static final String RUNNING = "SELECT l.virtualxid FROM pg_locks l WHERE l.locktype = 'virtualxid' "
			+ "AND l.granted AND l.pid <> pg_backend_pid() AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a "
			+ "JOIN pg_database d ON d.oid = a.datid WHERE a.pid = l.pid AND d.datname <> current_database())";

	private final OwnTransactions transactions;

	private final boolean lockFree;

	OlderSnapshots(OwnTransactions transactions, Dialect dialect) {
		this.transactions = transactions;
		this.lockFree = dialect == Dialect.POSTGRESQL;
	}

	/**
	 * Who may still see what was before everything that is committed now.
	 */
	Set<String> now() {
		return this.lockFree ? new HashSet<>(this.transactions.each((jdbc) -> jdbc.queryForList(RUNNING, String.class)))
				: Set.of();
	}

	/**
	 * Whether some of them are still there.
	 */
	boolean remain(Set<String> before) {
		return !before.isEmpty() && now().stream().anyMatch(before::contains);
	}

}
