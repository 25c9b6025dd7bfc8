// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * What the stores of the relay share about the rows of lanes.
 */
final class LaneSql {

	private LaneSql() {
	}

	/**
	 * The table. MariaDB and MySQL lock every row they look at, so they are kept from
	 * reading all of so small a table when many lanes are wanted.
	 */
	static String table(Dialect dialect) {
		return dialect.isMySql() ? "idempotency_lane FORCE INDEX (PRIMARY)" : "idempotency_lane";
	}

	/**
	 * Lanes as a list in SQL. They are numbers, nothing to quote.
	 */
	static String list(Collection<Integer> lanes) {
		return lanes.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
	}

	static String listOf(Collection<Lease> leases) {
		return list(leases.stream().map(Lease::lane).toList());
	}

	/**
	 * The fence: locks the rows of the lanes, in one order for all, until the end of the
	 * transaction.
	 * @return those of the leases that are still the node's
	 */
	static List<Lease> lockHeld(JdbcOperations jdbc, Dialect dialect, LaneLock lock, String node,
			Collection<Lease> leases) {
		if (leases.isEmpty()) {
			return List.of();
		}
		Map<Integer, Long> epochs = new HashMap<>();
		jdbc.query("SELECT lane, epoch FROM " + table(dialect) + " WHERE lane IN " + listOf(leases)
				+ " AND owner = ? ORDER BY lane" + lock.clause(dialect), (row) -> {
					epochs.put(row.getInt("lane"), row.getLong("epoch"));
				}, node);
		return leases.stream().filter((lease) -> Long.valueOf(lease.epoch()).equals(epochs.get(lease.lane()))).toList();
	}

	/**
	 * Locks the rows of lanes that may be taken, until the end of the transaction.
	 * @return what the leases will be
	 */
	static List<Lease> lockFree(JdbcOperations jdbc, Dialect dialect, String node, Collection<Integer> lanes) {
		return jdbc.query(
				"SELECT lane, epoch FROM " + table(dialect) + " WHERE lane IN " + list(lanes)
						+ " AND (owner IS NULL OR owner = ? OR lease_until < " + dialect.now() + ") ORDER BY lane"
						+ LaneLock.TAKE_OVER.clause(dialect),
				(row, index) -> new Lease(row.getInt("lane"), row.getLong("epoch") + 1), node);
	}

	/**
	 * The lock of a lane, without a lease on it: nothing of the lane is settled or parked
	 * until the end of the transaction.
	 */
	static void lock(JdbcOperations jdbc, int lane) {
		jdbc.queryForList("SELECT lane FROM idempotency_lane WHERE lane = ? FOR UPDATE", Integer.class, lane);
	}

	/**
	 * Which keys of some messages are halted. The lanes' locks come first; those on the
	 * rows make sure that an older snapshot does not answer.
	 */
	static Set<String> lockHalted(JdbcOperations jdbc, String destination, List<OutboxRecord> messages) {
		List<byte[]> hashes = messages.stream()
			.map((message) -> Objects.requireNonNull(message.key(), "key"))
			.distinct()
			.map((key) -> Hashes.of(destination, key))
			.sorted(Arrays::compareUnsigned)
			.toList();
		List<Object> parameters = new ArrayList<>(hashes);
		parameters.add(0, destination);
		return Set.copyOf(jdbc.queryForList(
				"SELECT msg_key FROM idempotency_halted_key WHERE destination = ? AND key_hash IN ("
						+ String.join(", ", Collections.nCopies(hashes.size(), "?")) + ") ORDER BY key_hash FOR UPDATE",
				String.class, parameters.toArray()));
	}

}
