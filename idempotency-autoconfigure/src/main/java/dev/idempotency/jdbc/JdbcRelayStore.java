// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Lease;
import dev.idempotency.relay.RelayStore;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcOperations;

/**
 * Reads what waits without a lock and deletes what was confirmed. A change first locks
 * the rows of the lanes it concerns and is not made if one of them has another owner or
 * epoch by now.
 */
public final class JdbcRelayStore implements RelayStore {

	private static final int LEAST_PER_LANE = 32;

	private static final List<Integer> ALL_LANES = IntStream.range(0, Lanes.COUNT).boxed().toList();

	private final OwnTransactions transactions;

	private final Dialect dialect;

	private final OutboxSql sql;

	private final String node;

	/**
	 * Creates a store.
	 * @param dataSource where the tables are
	 * @param dialect what the database is
	 * @param node the node whose leases it checks
	 */
	public JdbcRelayStore(DataSource dataSource, Dialect dialect, String node) {
		this.transactions = new OwnTransactions(dataSource);
		this.dialect = dialect;
		this.sql = OutboxSql.of(dialect);
		this.node = node;
	}

	/**
	 * {@inheritDoc} Goes from one destination to the next along the index.
	 */
	@Override
	public List<String> destinations() {
		return this.transactions.each((jdbc) -> {
			List<String> destinations = new ArrayList<>();
			String next = next(jdbc, "");
			while (next != null) {
				destinations.add(next);
				next = next(jdbc, next);
			}
			return destinations;
		});
	}

	private static @Nullable String next(JdbcOperations jdbc, String destination) {
		return jdbc.queryForObject("SELECT MIN(destination) FROM idempotency_outbox WHERE destination > ?",
				String.class, destination);
	}

	/**
	 * {@inheritDoc} Takes a share of every lane first; only where little waits in the
	 * others, more of those whose share was used up. Large payloads end a batch earlier.
	 */
	@Override
	public Batch read(String destination, Collection<Lease> leases, int limit) {
		List<Lease> held = List.copyOf(leases);
		if (held.isEmpty()) {
			return new Batch(destination, held, List.of());
		}
		List<Integer> lanes = held.stream().map(Lease::lane).toList();
		int perLane = Math.min(limit, Math.max(LEAST_PER_LANE, 2 * limit / lanes.size()));
		return new Batch(destination, held, this.transactions.each((jdbc) -> {
			List<OutboxRecord> messages = this.sql.oldest(jdbc, destination, lanes, perLane, limit);
			if (messages.size() < limit && bytes(messages) < OutboxSql.bytes(limit)
					&& someLaneFilled(messages, perLane)) {
				return this.sql.oldest(jdbc, destination, lanes, limit, limit);
			}
			return messages;
		}));
	}

	private static long bytes(List<OutboxRecord> messages) {
		return messages.stream().mapToLong((message) -> message.body().length).sum();
	}

	private static boolean someLaneFilled(List<OutboxRecord> messages, int perLane) {
		Map<Integer, Integer> counts = new HashMap<>();
		messages.forEach((message) -> counts.merge(message.lane(), 1, Integer::sum));
		return counts.containsValue(perLane);
	}

	/**
	 * {@inheritDoc} Only the lanes of the confirmed messages must still be the caller's.
	 */
	@Override
	public boolean settle(Batch batch, Collection<Long> confirmed) {
		Set<Long> positions = new HashSet<>(confirmed);
		List<OutboxRecord> messages = batch.messages()
			.stream()
			.filter((message) -> positions.contains(message.position()))
			.toList();
		if (messages.isEmpty()) {
			return true;
		}
		return fenced(LaneLock.SHARED, leasesOf(batch, messages),
				(jdbc) -> this.sql.delete(jdbc, batch.destination(), messages));
	}

	private static List<Lease> leasesOf(Batch batch, List<OutboxRecord> messages) {
		Set<Integer> lanes = messages.stream().map(OutboxRecord::lane).collect(Collectors.toSet());
		return batch.leases().stream().filter((lease) -> lanes.contains(lease.lane())).toList();
	}

	@Override
	public boolean refused(Lease lease, OutboxRecord message, String reason) {
		return fenced(LaneLock.SINGLE, List.of(lease),
				(jdbc) -> jdbc.update(
						"UPDATE idempotency_outbox SET attempts = attempts + 1, last_error = ? "
								+ "WHERE destination = ? AND lane = ? AND id = ?",
						Texts.shortened(reason), message.destination(), message.lane(), message.position()));
	}

	@Override
	public boolean park(Lease lease, OutboxRecord message, String reason, boolean haltKey) {
		return fenced(LaneLock.SINGLE, List.of(lease), (jdbc) -> {
			int parked = jdbc.update(moveToParked() + OutboxSql.those(List.of(message)), Texts.shortened(reason),
					message.destination());
			if (parked == 1) {
				this.sql.delete(jdbc, message.destination(), List.of(message));
				if (haltKey && message.key() != null) {
					halt(jdbc, message.destination(), message.key());
				}
			}
		});
	}

	/**
	 * {@inheritDoc} Whoever resumes a key holds the lane's lock, so a key that is halted
	 * here stays halted until these messages are parked.
	 */
	@Override
	public Optional<List<OutboxRecord>> parkBehind(Batch batch, List<OutboxRecord> messages, String reason) {
		List<OutboxRecord> aside = new ArrayList<>();
		boolean mine = fenced(LaneLock.SINGLE, leasesOf(batch, messages), (jdbc) -> {
			Set<String> halted = LaneSql.lockHalted(jdbc, batch.destination(), messages);
			messages.stream().filter((message) -> halted.contains(message.key())).forEach(aside::add);
			if (!aside.isEmpty()) {
				jdbc.update(moveToParked() + OutboxSql.those(aside), Texts.shortened(reason), batch.destination());
				this.sql.delete(jdbc, batch.destination(), aside);
			}
		});
		return mine ? Optional.of(aside) : Optional.empty();
	}

	private String moveToParked() {
		return "INSERT INTO idempotency_outbox_parked (" + OutboxSql.COLUMNS + ", parked_at, reason) SELECT "
				+ OutboxSql.COLUMNS + ", " + this.dialect.now() + ", ? FROM idempotency_outbox WHERE ";
	}

	/**
	 * The lane's lock keeps others from halting the same key at the same time.
	 */
	private void halt(JdbcOperations jdbc, String destination, String key) {
		byte[] hash = Hashes.of(destination, key);
		Integer known = jdbc.queryForObject(
				"SELECT COUNT(*) FROM idempotency_halted_key WHERE destination = ? AND key_hash = ?", Integer.class,
				destination, hash);
		if (Integer.valueOf(0).equals(known)) {
			jdbc.update("INSERT INTO idempotency_halted_key (destination, key_hash, msg_key, halted_at) "
					+ "VALUES (?, ?, ?, " + this.dialect.now() + ")", destination, hash, key);
		}
	}

	@Override
	public Set<String> haltedKeys(String destination) {
		return this.transactions.each((jdbc) -> Set.copyOf(jdbc.queryForList(
				"SELECT msg_key FROM idempotency_halted_key WHERE destination = ?", String.class, destination)));
	}

	@Override
	public Backlog backlog(String destination, int cap) {
		return this.transactions.together((jdbc) -> {
			this.sql.alongTheIndex(jdbc);
			Long depth = jdbc.queryForObject("SELECT COUNT(*) FROM (SELECT 1 AS one FROM idempotency_outbox "
					+ "WHERE destination = ? LIMIT " + cap + ") capped", Long.class, destination);
			return (depth == null || depth == 0) ? new Backlog(0, Duration.ZERO)
					: new Backlog(depth, oldest(jdbc, destination));
		});
	}

	private Duration oldest(JdbcOperations jdbc, String destination) {
		List<OutboxRecord> oldest = this.sql.oldest(jdbc, destination, ALL_LANES, 1, 1);
		if (oldest.isEmpty()) {
			return Duration.ZERO;
		}
		List<Long> age = jdbc.queryForList(
				"SELECT " + this.dialect.age("created_at")
						+ " FROM idempotency_outbox WHERE destination = ? AND lane = ? AND id = ?",
				Long.class, destination, oldest.get(0).lane(), oldest.get(0).position());
		return Duration.of(age.isEmpty() ? 0 : Math.max(0, age.get(0)), ChronoUnit.MICROS);
	}

	private boolean fenced(LaneLock lock, List<Lease> leases, Consumer<JdbcOperations> change) {
		return this.transactions.together((jdbc) -> {
			List<Lease> held = LaneSql.lockHeld(jdbc, this.dialect, lock, this.node, leases);
			if (held.size() < leases.size()) {
				return false;
			}
			change.accept(jdbc);
			return true;
		});
	}

}
