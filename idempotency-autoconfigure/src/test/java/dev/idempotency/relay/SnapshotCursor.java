// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where the readers of some lanes are.
 *
 * @param lanes the lanes
 * @param epoch rises whenever somebody takes lanes of it
 * @param after what is open is done up to this position
 * @param closed what was visible when the last batch was closed
 * @param opened what was visible when the open batch was opened
 */
record SnapshotCursor(Set<Integer> lanes, long epoch, long after, Set<Long> closed, @Nullable Set<Long> opened) {

	static SnapshotCursor first() {
		return new SnapshotCursor(IntStream.range(0, Lanes.COUNT).boxed().collect(Collectors.toSet()), 0, 0, Set.of(),
				null);
	}

	boolean isOpen() {
		return this.opened != null;
	}

	boolean sameRow(SnapshotCursor other) {
		return this.lanes.equals(other.lanes) && this.epoch == other.epoch;
	}

	/**
	 * Whether a message is part of what is open and not yet done.
	 */
	boolean brings(OutboxRecord row) {
		return this.lanes.contains(row.lane()) && row.position() > this.after && this.opened != null
				&& this.opened.contains(row.position()) && !this.closed.contains(row.position());
	}

	SnapshotCursor open(Set<Long> snapshot) {
		return new SnapshotCursor(this.lanes, this.epoch, 0, this.closed, snapshot);
	}

	SnapshotCursor after(long position) {
		return new SnapshotCursor(this.lanes, this.epoch, position, this.closed, this.opened);
	}

	SnapshotCursor done() {
		return new SnapshotCursor(this.lanes, this.epoch, 0, (this.opened != null) ? this.opened : this.closed, null);
	}

	/**
	 * What becomes of it when lanes are taken.
	 * @param taken the lanes
	 * @return the part that has them and the part that does not, itself if it has none
	 */
	List<SnapshotCursor> split(Set<Integer> taken) {
		Set<Integer> mine = new TreeSet<>(this.lanes);
		mine.retainAll(taken);
		if (mine.isEmpty()) {
			return List.of(this);
		}
		Set<Integer> rest = new TreeSet<>(this.lanes);
		rest.removeAll(taken);
		List<SnapshotCursor> parts = new ArrayList<>();
		parts.add(new SnapshotCursor(mine, this.epoch + 1, this.after, this.closed, this.opened));
		if (!rest.isEmpty()) {
			parts.add(new SnapshotCursor(rest, this.epoch + 1, this.after, this.closed, this.opened));
		}
		return parts;
	}

	static SnapshotCursor join(List<SnapshotCursor> parts) {
		Set<Integer> all = new TreeSet<>();
		parts.forEach((part) -> all.addAll(part.lanes));
		long epoch = parts.stream().mapToLong(SnapshotCursor::epoch).max().orElse(0);
		return new SnapshotCursor(all, epoch + 1, 0, parts.get(0).closed, null);
	}

}
