// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import dev.idempotency.effect.Position;
import org.jspecify.annotations.Nullable;

/**
 * How far a flow has come in a stream, as its owner knows it. Never changes; a
 * {@link Step} leads to the next. What an owner knows stays true until somebody else
 * takes the stream, and then nothing based on it commits any more.
 */
public final class Progress {

	private final long owner;

	private final int epoch;

	private final long position;

	private final long since;

	private final NavigableMap<Long, Hole> holes;

	/**
	 * Creates what is known.
	 * @param owner number of the change of owner by which the stream was taken
	 * @param epoch leader epoch of the last record, {@code -1} if unknown
	 * @param position the watermark, or the offset after the last record; 0 before the
	 * first
	 * @param since offset from which on places decide; below it keys do. Of numbers, the
	 * position behind which a gap is a loss
	 * @param holes the holes of the stream
	 */
	public Progress(long owner, int epoch, long position, long since, Iterable<Hole> holes) {
		this(owner, epoch, position, since, new TreeMap<>());
		holes.forEach((hole) -> this.holes.put(hole.first(), hole));
	}

	private Progress(long owner, int epoch, long position, long since, NavigableMap<Long, Hole> holes) {
		this.owner = owner;
		this.epoch = epoch;
		this.position = position;
		this.since = since;
		this.holes = holes;
	}

	/**
	 * The change of owner by which the stream was taken.
	 * @return its number
	 */
	public long owner() {
		return this.owner;
	}

	/**
	 * Leader epoch of the last record.
	 * @return the epoch, {@code -1} if unknown
	 */
	public int epoch() {
		return this.epoch;
	}

	/**
	 * The watermark, or the offset after the last record.
	 * @return the number
	 */
	public long position() {
		return this.position;
	}

	/**
	 * The offset from which on places decide.
	 * @return the offset
	 */
	public long since() {
		return this.since;
	}

	/**
	 * The holes.
	 * @return the holes, the lowest first
	 */
	public List<Hole> holes() {
		return List.copyOf(this.holes.values());
	}

	/**
	 * The step that applies a message.
	 * @param place where the message is
	 * @return the step, {@code null} if it is a repetition
	 */
	public @Nullable Step apply(Position place) {
		if (place instanceof Position.Offset offset) {
			return apply(offset);
		}
		return apply(number(place));
	}

	private static long number(Position place) {
		return ((place instanceof Position.Unordered unordered) ? unordered.number() : (Position.Sequence) place)
			.sequence();
	}

	/**
	 * The step that accounts for messages that consumers who compete applied in any
	 * order. A gap becomes a hole only below a number that is settled: what is missing
	 * elsewhere may still be under way.
	 * @param applied numbers in ascending order, with whether they are settled
	 * @return the step, {@code null} if there is nothing new to account for
	 */
	public @Nullable Step fold(Iterable<Applied> applied) {
		Progress reached = this;
		Step all = null;
		for (Applied one : applied) {
			if (one.number() > reached.position + 1 && !one.settled()) {
				break;
			}
			Step step = reached.apply(one.number());
			if (step != null) {
				all = (all != null) ? all.then(step) : step;
				reached = step.to();
			}
		}
		return all;
	}

	private @Nullable Step apply(Position.Offset place) {
		boolean sameLog = this.epoch < 0 || place.leaderEpoch() < 0 || this.epoch == place.leaderEpoch();
		boolean later = sameLog ? place.offset() >= this.position : place.leaderEpoch() > this.epoch;
		int known = Math.max(this.epoch, place.leaderEpoch());
		return later
				? new Step(this, new Progress(this.owner, known, place.offset() + 1, this.since, this.holes), List.of())
				: null;
	}

	private @Nullable Step apply(long number) {
		if (number <= this.position) {
			Hole hole = hole(number);
			return (hole != null) ? step(this.position, List.of(new HoleChange.Filled(hole, number))) : null;
		}
		List<HoleChange> changes = new ArrayList<>();
		if (number > this.position + 1) {
			changes.add(new HoleChange.Opened(new Hole(this.position + 1, number - 1, gap())));
		}
		return step(number, changes);
	}

	/**
	 * What lies before the first number of all, or the first since places decide again,
	 * can have been applied by key.
	 */
	private Hole.Kind gap() {
		return (this.position == 0 || this.position < this.since) ? Hole.Kind.UNSEEN : Hole.Kind.OPEN;
	}

	/**
	 * The step that sets a message aside: its number stays open to whoever comes with it
	 * again.
	 * @param place where the message is
	 * @return the step, {@code null} if there is nothing to note
	 */
	public @Nullable Step park(Position place) {
		Step applied = apply(place);
		if (applied == null || place instanceof Position.Offset) {
			return applied;
		}
		long number = number(place);
		Hole hole = hole(number);
		if (hole != null && hole.kind() == Hole.Kind.PARKED) {
			return null;
		}
		List<HoleChange> changes = new ArrayList<>(applied.changes());
		changes.add(new HoleChange.Opened(new Hole(number, number, Hole.Kind.PARKED)));
		return step(Math.max(this.position, number), changes);
	}

	/**
	 * The step that notes what must have been sent: all numbers below the next are
	 * missing if they did not come. A stream nothing was ever seen of begins with its
	 * first message.
	 * @param next number of the next message
	 * @return the step, {@code null} if nothing is missing at the end
	 */
	public @Nullable Step heard(long next) {
		return (this.position == 0 || next <= this.position + 1) ? null
				: step(next - 1, List.of(new HoleChange.Opened(new Hole(this.position + 1, next - 1, gap()))));
	}

	private @Nullable Hole hole(long number) {
		Map.Entry<Long, Hole> below = this.holes.floorEntry(number);
		return (below != null && below.getValue().contains(number)) ? below.getValue() : null;
	}

	private Step step(long watermark, List<HoleChange> changes) {
		NavigableMap<Long, Hole> after = this.holes;
		if (!changes.isEmpty()) {
			after = new TreeMap<>(this.holes);
			for (HoleChange change : changes) {
				change(after, change);
			}
		}
		return new Step(this, new Progress(this.owner, this.epoch, watermark, this.since, after), changes);
	}

	private static void change(NavigableMap<Long, Hole> holes, HoleChange change) {
		if (change instanceof HoleChange.Opened opened) {
			holes.put(opened.hole().first(), opened.hole());
			return;
		}
		HoleChange.Filled filled = (HoleChange.Filled) change;
		Hole hole = filled.hole();
		holes.remove(hole.first());
		if (filled.number() > hole.first()) {
			holes.put(hole.first(), new Hole(hole.first(), filled.number() - 1, hole.kind()));
		}
		if (filled.number() < hole.last()) {
			holes.put(filled.number() + 1, new Hole(filled.number() + 1, hole.last(), hole.kind()));
		}
	}

	@Override
	public String toString() {
		return "owner " + this.owner + " at " + this.epoch + "/" + this.position + " " + this.holes.values();
	}

}
