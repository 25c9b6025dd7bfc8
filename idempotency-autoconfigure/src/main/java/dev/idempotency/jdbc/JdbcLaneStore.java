// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.idempotency.relay.LaneStore;
import dev.idempotency.relay.Lease;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Leases as rows, with the clock of the database. An epoch rises with every change of
 * owner and never falls.
 */
public final class JdbcLaneStore implements LaneStore {

	private static final int FORGOTTEN_AFTER_TTLS = 10;

	private final OwnTransactions transactions;

	private final Dialect dialect;

	/**
	 * Creates a store.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 */
	public JdbcLaneStore(DataSource dataSource, Dialect dialect) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
	}

	@Override
	public Set<String> beat(String node, Duration ttl) {
		return this.transactions.each((jdbc) -> {
			seen(jdbc, node);
			long alive = micros(ttl);
			Set<String> nodes = new HashSet<>(Set.of(node));
			List<String> forgotten = new ArrayList<>();
			jdbc.query("SELECT id, " + this.dialect.age("seen_at") + " AS age FROM idempotency_node", (row) -> {
				if (row.getLong("age") < alive || node.equals(row.getString("id"))) {
					nodes.add(row.getString("id"));
				}
				else if (row.getLong("age") > FORGOTTEN_AFTER_TTLS * alive) {
					forgotten.add(row.getString("id"));
				}
			});
			forgotten.forEach((gone) -> forget(jdbc, gone, FORGOTTEN_AFTER_TTLS * alive));
			return Set.copyOf(nodes);
		});
	}

	@Override
	public void leave(String node) {
		this.transactions.each((jdbc) -> jdbc.update("DELETE FROM idempotency_node WHERE id = ?", node));
	}

	@Override
	public List<Lease> acquire(String node, Collection<Integer> lanes, Duration ttl) {
		if (lanes.isEmpty()) {
			return List.of();
		}
		return this.transactions.together((jdbc) -> {
			List<Lease> free = LaneSql.lockFree(jdbc, this.dialect, node, lanes);
			if (!free.isEmpty()) {
				jdbc.update(
						"UPDATE " + LaneSql.table(this.dialect) + " SET owner = ?, epoch = epoch + 1, lease_until = "
								+ this.dialect.later() + " WHERE lane IN " + LaneSql.listOf(free),
						node, micros(ttl));
			}
			return free;
		});
	}

	@Override
	public List<Lease> renew(String node, Collection<Lease> leases, Duration ttl) {
		return this.transactions.together((jdbc) -> {
			List<Lease> held = LaneSql.lockHeld(jdbc, this.dialect, LaneLock.SINGLE, node, leases);
			if (!held.isEmpty()) {
				jdbc.update("UPDATE " + LaneSql.table(this.dialect) + " SET lease_until = " + this.dialect.later()
						+ " WHERE lane IN " + LaneSql.listOf(held), micros(ttl));
			}
			return held;
		});
	}

	@Override
	public void release(String node, Collection<Lease> leases) {
		this.transactions.together((jdbc) -> {
			List<Lease> held = LaneSql.lockHeld(jdbc, this.dialect, LaneLock.SINGLE, node, leases);
			return held.isEmpty() ? 0 : jdbc.update("UPDATE " + LaneSql.table(this.dialect)
					+ " SET owner = NULL, lease_until = NULL WHERE lane IN " + LaneSql.listOf(held));
		});
	}

	private void seen(JdbcOperations jdbc, String node) {
		String update = "UPDATE idempotency_node SET seen_at = " + this.dialect.now() + " WHERE id = ?";
		if (jdbc.update(update, node) == 0) {
			try {
				jdbc.update("INSERT INTO idempotency_node (id, seen_at) VALUES (?, " + this.dialect.now() + ")", node);
			}
			catch (DuplicateKeyException ex) {
				jdbc.update(update, node);
			}
		}
	}

	private void forget(JdbcOperations jdbc, String node, long olderThan) {
		jdbc.update("DELETE FROM idempotency_node WHERE id = ? AND " + this.dialect.age("seen_at") + " > ?", node,
				olderThan);
	}

	private static long micros(Duration duration) {
		return TimeUnit.MICROSECONDS.convert(duration);
	}

}
