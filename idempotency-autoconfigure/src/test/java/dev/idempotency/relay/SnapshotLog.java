// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

import dev.idempotency.outbox.OutboxRecord;

/**
 * A log in memory that is read by the difference of snapshots: a batch is what became
 * visible between two stored ones, in the order of insertion. Every method is one
 * transaction. Messages are numbered within their lane and route, by what is stored and
 * nothing else.
 */
final class SnapshotLog {

	/** A route of which messages have no numbers. */
	static final String UNNUMBERED = "unnumbered";

	private final SortedMap<Long, OutboxRecord> visible = new TreeMap<>();

	private final Map<String, List<SnapshotCursor>> cursors = new TreeMap<>();

	private final Map<SnapshotCursor, SnapshotCursor> forgotten = new HashMap<>();

	private final FakeStore store;

	private final Mutant mutant;

	SnapshotLog(FakeStore store, Mutant mutant) {
		this.store = store;
		this.mutant = mutant;
	}

	void commit(OutboxRecord row) {
		this.store.rollback(row);
		this.visible.put(row.position(), row);
	}

	/**
	 * The log as a node sees it.
	 * @param between called between two transactions
	 * @param pages how large a page gets
	 */
	OutboxLog of(Runnable between, IntUnaryOperator pages) {
		return new View(between, pages);
	}

	/**
	 * Messages that no cursor has passed.
	 */
	List<OutboxRecord> unread() {
		return this.visible.values()
			.stream()
			.filter((row) -> this.cursors.getOrDefault(row.destination(), List.of())
				.stream()
				.noneMatch((cursor) -> cursor.lanes().contains(row.lane()) && cursor.closed().contains(row.position())))
			.toList();
	}

	Optional<List<SnapshotCursor>> claim(String destination, List<Lease> leases) {
		if (!leases.stream().allMatch(this.store::holds)) {
			return Optional.empty();
		}
		Set<Integer> lanes = leases.stream().map(Lease::lane).collect(Collectors.toSet());
		List<SnapshotCursor> all = new ArrayList<>();
		this.cursors.getOrDefault(destination, List.of(SnapshotCursor.first()))
			.forEach((cursor) -> all.addAll(cursor.split(lanes)));
		this.cursors.put(destination, all);
		return Optional.of(all.stream().filter((cursor) -> lanes.containsAll(cursor.lanes())).toList());
	}

	/**
	 * Cursors as they are now.
	 * @return nothing if one of them is somebody else's
	 */
	Optional<List<SnapshotCursor>> reload(String destination, List<SnapshotCursor> known) {
		List<SnapshotCursor> found = this.cursors.get(destination)
			.stream()
			.filter((cursor) -> known.stream().anyMatch(cursor::sameRow))
			.toList();
		return (found.size() < known.size()) ? Optional.empty() : Optional.of(found);
	}

	/**
	 * Opens the next batch, if there is one.
	 * @return the cursor, as it was if nothing became visible; nothing if it is somebody
	 * else's
	 */
	Optional<SnapshotCursor> open(String destination, SnapshotCursor cursor) {
		if (!this.cursors.get(destination).contains(cursor)) {
			return Optional.empty();
		}
		SnapshotCursor opened = cursor.open(snapshot());
		if (rest(destination, opened).isEmpty()) {
			return Optional.of(cursor);
		}
		if (this.mutant == Mutant.OPENS_IN_MEMORY_ONLY) {
			this.forgotten.put(opened, cursor);
		}
		else {
			this.cursors.get(destination).replaceAll((found) -> found.equals(cursor) ? opened : found);
		}
		return Optional.of(opened);
	}

	/**
	 * Moves cursors to the same place, or makes one of those that are there.
	 */
	Optional<List<SnapshotCursor>> bringTogether(String destination, List<SnapshotCursor> mine) {
		List<SnapshotCursor> all = this.cursors.get(destination);
		if (!all.containsAll(mine)) {
			return Optional.empty();
		}
		boolean same = mine.stream().map(SnapshotCursor::closed).distinct().count() == 1;
		Set<Long> now = snapshot();
		List<SnapshotCursor> changed = same ? List.of(SnapshotCursor.join(mine))
				: mine.stream().map((cursor) -> cursor.open(now)).toList();
		all.removeAll(mine);
		all.addAll(changed);
		return Optional.of(changed);
	}

	/**
	 * Closes a page, and sets aside.
	 * @return {@code false} if the cursor is somebody else's
	 */
	boolean close(String destination, SnapshotCursor before, SnapshotCursor after, OutboxLog.Page page,
			List<OutboxLog.Aside> aside) {
		SnapshotCursor stored = this.forgotten.getOrDefault(before, before);
		List<SnapshotCursor> all = this.cursors.get(destination);
		if (!all.contains(stored)) {
			if (this.mutant != Mutant.LOG_WITHOUT_FENCE) {
				return false;
			}
			this.store.violations.add("I10: a fenced owner could close a page");
		}
		all.replaceAll((found) -> found.equals(stored) ? after : found);
		Set<Long> elsewhere = aside.stream().map((one) -> one.message().position()).collect(Collectors.toSet());
		page.messages()
			.stream()
			.map(OutboxRecord::position)
			.filter((position) -> !elsewhere.contains(position))
			.forEach(this.store.settled::add);
		if (this.mutant != Mutant.DROPS_WHAT_GOES_ASIDE && this.mutant != Mutant.SETS_ASIDE_TOO_LATE) {
			setAside(aside);
		}
		return true;
	}

	void setAside(List<OutboxLog.Aside> aside) {
		aside.forEach((one) -> this.store.waiting.put(one.message().position(),
				(one.attempts() > 0) ? Messages.refusedOnceMore(one.message()) : one.message()));
	}

	/**
	 * What is left of an open batch.
	 */
	List<OutboxRecord> rest(String destination, SnapshotCursor open) {
		return this.visible.values()
			.stream()
			.filter((row) -> row.destination().equals(destination) && open.brings(row) && !late(open, row))
			.map((row) -> UNNUMBERED.equals(row.route()) ? row : Messages.numbered(row, number(open, row)))
			.toList();
	}

	/**
	 * Whether a cursor that remembers nothing but the last position would pass it over.
	 */
	private boolean late(SnapshotCursor open, OutboxRecord row) {
		return this.mutant == Mutant.READS_BY_POSITION
				&& open.closed().stream().anyMatch((position) -> position > row.position());
	}

	private long number(SnapshotCursor open, OutboxRecord row) {
		return this.visible.values()
			.stream()
			.filter((other) -> other.destination().equals(row.destination()) && other.lane() == row.lane()
					&& Objects.equals(other.route(), row.route()))
			.map(OutboxRecord::position)
			.filter((other) -> open.closed().contains(other)
					|| (open.after(0).opened().contains(other) && other <= row.position()))
			.count();
	}

	boolean troubled(String destination) {
		return !held(destination).isEmpty()
				|| this.store.waiting.values().stream().anyMatch((row) -> row.destination().equals(destination));
	}

	Set<String> held(String destination) {
		Set<String> held = new TreeSet<>(this.store.haltedKeys(destination));
		this.store.waiting.values()
			.stream()
			.filter((row) -> row.destination().equals(destination) && row.key() != null)
			.forEach((row) -> held.add(row.key()));
		return held;
	}

	private Set<Long> snapshot() {
		return new HashSet<>(this.visible.keySet());
	}

	private final class View implements OutboxLog {

		private final Runnable between;

		private final IntUnaryOperator pages;

		private View(Runnable between, IntUnaryOperator pages) {
			this.between = between;
			this.pages = pages;
		}

		@Override
		public List<String> destinations() {
			return unread().stream().map(OutboxRecord::destination).distinct().toList();
		}

		@Override
		public Optional<Reader> claim(String destination, List<Lease> leases) {
			return SnapshotLog.this.claim(destination, leases)
				.map((cursors) -> new SnapshotReader(SnapshotLog.this, destination, cursors, this.between, this.pages));
		}

		@Override
		public RelayStore.Backlog backlog(String destination, int cap) {
			long depth = unread().stream().filter((row) -> row.destination().equals(destination)).count();
			return new RelayStore.Backlog(Math.min(depth, cap), Duration.ZERO);
		}

		@Override
		public void tidy() {
		}

	}

}
