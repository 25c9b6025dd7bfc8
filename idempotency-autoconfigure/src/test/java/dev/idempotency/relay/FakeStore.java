// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * The outbox in memory: positions in the order of insertion, rows that become visible
 * late, leases on a clock of its own, fences. Notes everything a fence should have kept
 * out.
 */
class FakeStore implements RelayStore, LaneStore {

	final SortedMap<Long, OutboxRecord> waiting = new TreeMap<>();

	final SortedMap<Long, OutboxRecord> parked = new TreeMap<>();

	final Set<Long> settled = new TreeSet<>();

	final Set<Long> everParked = new TreeSet<>();

	final List<String> violations = new ArrayList<>();

	boolean fenced = true;

	boolean asksAgainWhatIsHalted = true;

	private final LongSupplier clock;

	private final Map<String, Set<String>> halted = new TreeMap<>();

	private final Lane[] lanes = new Lane[Lanes.COUNT];

	private final Map<String, Long> beats = new TreeMap<>();

	private final Map<Long, OutboxRecord> open = new HashMap<>();

	private long positions;

	FakeStore(LongSupplier clock) {
		this.clock = clock;
		for (int lane = 0; lane < this.lanes.length; lane++) {
			this.lanes[lane] = new Lane();
		}
	}

	/**
	 * Inserts a message into a transaction of its own that is still open.
	 */
	OutboxRecord insert(OutboxRecord draft) {
		OutboxRecord row = Messages.at(++this.positions, draft);
		this.open.put(row.position(), row);
		return row;
	}

	void commit(OutboxRecord row) {
		this.open.remove(row.position());
		this.waiting.put(row.position(), row);
	}

	void rollback(OutboxRecord row) {
		this.open.remove(row.position());
	}

	boolean writing(String destination, String key) {
		return this.open.values()
			.stream()
			.anyMatch((row) -> row.destination().equals(destination) && key.equals(row.key()));
	}

	/**
	 * What an operator does when the reason is gone: everything parked of a destination
	 * waits again, in its old place.
	 */
	void resume(String destination) {
		List<OutboxRecord> rows = this.parked.values()
			.stream()
			.filter((row) -> row.destination().equals(destination))
			.toList();
		rows.forEach((row) -> {
			this.parked.remove(row.position());
			this.waiting.put(row.position(), row);
		});
		this.halted.remove(destination);
	}

	boolean mayUse(String node, int lane) {
		Lane found = this.lanes[lane];
		return node.equals(found.owner) && found.until > this.clock.getAsLong();
	}

	long leasesOf(String node) {
		return Arrays.stream(this.lanes).filter((lane) -> node.equals(lane.owner)).count();
	}

	@Override
	public Set<String> beat(String node, Duration ttl) {
		long now = this.clock.getAsLong();
		this.beats.put(node, now + ttl.toNanos());
		this.beats.values().removeIf((until) -> until <= now);
		return new TreeSet<>(this.beats.keySet());
	}

	@Override
	public void leave(String node) {
		this.beats.remove(node);
	}

	@Override
	public List<Lease> acquire(String node, Collection<Integer> wanted, Duration ttl) {
		long now = this.clock.getAsLong();
		List<Lease> won = new ArrayList<>();
		for (int number : wanted) {
			Lane lane = this.lanes[number];
			if (lane.owner == null || lane.until <= now || lane.owner.equals(node)) {
				lane.owner = node;
				lane.epoch++;
				lane.until = now + ttl.toNanos();
				won.add(new Lease(number, lane.epoch));
			}
		}
		return won;
	}

	@Override
	public List<Lease> renew(String node, Collection<Lease> leases, Duration ttl) {
		List<Lease> kept = leases.stream().filter(this::holds).toList();
		kept.forEach((lease) -> this.lanes[lease.lane()].until = this.clock.getAsLong() + ttl.toNanos());
		return kept;
	}

	@Override
	public void release(String node, Collection<Lease> leases) {
		leases.stream().filter(this::holds).forEach((lease) -> this.lanes[lease.lane()].owner = null);
	}

	@Override
	public List<String> destinations() {
		return this.waiting.values().stream().map(OutboxRecord::destination).distinct().toList();
	}

	@Override
	public Batch read(String destination, Collection<Lease> leases, int limit) {
		Map<Integer, Lease> byLane = leases.stream().collect(Collectors.toMap(Lease::lane, (lease) -> lease));
		List<OutboxRecord> messages = this.waiting.values()
			.stream()
			.filter((row) -> row.destination().equals(destination) && byLane.containsKey(row.lane()))
			.limit(limit)
			.toList();
		Set<Integer> lanesRead = messages.stream()
			.map(OutboxRecord::lane)
			.collect(Collectors.toCollection(TreeSet::new));
		return new Batch(destination, lanesRead.stream().map(byLane::get).toList(), messages);
	}

	@Override
	public boolean settle(Batch batch, Collection<Long> confirmed) {
		if (!allowed(batch.leases(), "settle " + confirmed)) {
			return false;
		}
		confirmed.forEach((position) -> {
			if (this.waiting.remove(position) != null) {
				this.settled.add(position);
			}
		});
		return true;
	}

	@Override
	public boolean refused(Lease lease, OutboxRecord message, String reason) {
		if (!allowed(List.of(lease), "refuse " + message.position())) {
			return false;
		}
		this.waiting.computeIfPresent(message.position(), (position, row) -> Messages.refusedOnceMore(row));
		return true;
	}

	@Override
	public boolean park(Lease lease, OutboxRecord message, String reason, boolean haltKey) {
		if (!allowed(List.of(lease), "park " + message.position())) {
			return false;
		}
		OutboxRecord row = this.waiting.remove(message.position());
		if (row != null) {
			this.parked.put(row.position(), Messages.withoutAttempts(row));
			this.everParked.add(row.position());
			if (haltKey) {
				this.halted.computeIfAbsent(row.destination(), (key) -> new TreeSet<>()).add(row.key());
			}
		}
		return true;
	}

	@Override
	public Optional<List<OutboxRecord>> parkBehind(Batch batch, List<OutboxRecord> messages, String reason) {
		if (!allowed(batch.leases(), "park behind")) {
			return Optional.empty();
		}
		Set<String> keys = haltedKeys(batch.destination());
		List<OutboxRecord> aside = messages.stream()
			.filter((message) -> keys.contains(message.key()) || !this.asksAgainWhatIsHalted)
			.toList();
		aside.forEach((message) -> {
			OutboxRecord row = this.waiting.remove(message.position());
			if (row != null) {
				this.parked.put(row.position(), Messages.withoutAttempts(row));
				this.everParked.add(row.position());
			}
		});
		return Optional.of(aside);
	}

	@Override
	public Set<String> haltedKeys(String destination) {
		return new TreeSet<>(this.halted.getOrDefault(destination, Set.of()));
	}

	@Override
	public Backlog backlog(String destination, int cap) {
		long depth = this.waiting.values().stream().filter((row) -> row.destination().equals(destination)).count();
		return new Backlog(Math.min(depth, cap), Duration.ZERO);
	}

	private boolean allowed(Collection<Lease> leases, String what) {
		boolean held = leases.stream().allMatch(this::holds);
		if (!held && this.fenced) {
			return false;
		}
		if (!held) {
			this.violations.add("I10: a fenced owner could " + what);
		}
		return true;
	}

	boolean holds(Lease lease) {
		Lane lane = this.lanes[lease.lane()];
		return lane.owner != null && lane.epoch == lease.epoch();
	}

	private static final class Lane {

		@Nullable String owner;

		long epoch;

		long until;

	}

}
