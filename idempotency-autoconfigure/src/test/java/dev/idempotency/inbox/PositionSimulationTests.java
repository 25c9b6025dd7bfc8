// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import dev.idempotency.effect.Position;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers that take a stream from each other, in the middle of an effect too, with
 * gaps, repetitions, late messages, messages set aside and replayed, rollbacks and
 * commits without an answer. The database is a model of the conditional update.
 */
class PositionSimulationTests {

	private static final int WORLDS = 500;

	private static final int STEPS = 150;

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4 })
	void everyMessageIsAppliedOnceAndNoneIsLost(int part) {
		for (int seed = 0; seed < WORLDS; seed++) {
			new World(part * WORLDS + seed).run();
		}
	}

	private static final class World {

		private static final Stream STREAM = new Stream("flow", "stream");

		private final Random random;

		private final List<Streams> consumers = List.of(new Streams(), new Streams(), new Streams());

		private final Map<Long, Integer> applied = new HashMap<>();

		private final Set<Long> keys = new HashSet<>();

		private final Set<Long> parked = new HashSet<>();

		private final Set<Long> accounted = new TreeSet<>();

		private Progress stored = new Progress(0, -1, 0, 0, List.of());

		private long highest;

		private final long first;

		private World(int seed) {
			this.random = new Random(seed);
			this.first = chance(4) ? 1 + this.random.nextInt(5) : 1;
			this.highest = this.first - 1;
		}

		private void run() {
			for (int i = 0; i < STEPS; i++) {
				if (chance(12) && !this.parked.isEmpty()) {
					replay(this.parked.iterator().next());
				}
				else {
					deliver(any(), pick(), true);
				}
			}
			missingIsWhatNeverCame();
			for (long number = 1; number <= this.highest; number++) {
				int tries = 0;
				while (!deliver(this.consumers.get(0), number, false)) {
					assertThat(tries++).isLessThan(100);
				}
			}
			Set<Long> waiting = new HashSet<>(this.parked);
			waiting.forEach(this::replay);
			for (long number = 1; number <= this.highest; number++) {
				assertThat(this.applied).as("applied").containsEntry(number, 1);
			}
		}

		private void missingIsWhatNeverCame() {
			Set<Long> missing = new TreeSet<>();
			for (Hole hole : this.stored.holes()) {
				for (long number = hole.first(); number <= hole.last() && hole.kind() == Hole.Kind.OPEN; number++) {
					missing.add(number);
				}
			}
			Set<Long> expected = new TreeSet<>();
			for (long number = 1; number <= this.stored.position(); number++) {
				if (!this.accounted.contains(number) && this.stored.holes().stream().noneMatch(unseen(number))) {
					expected.add(number);
				}
			}
			assertThat(missing).isEqualTo(expected);
		}

		private static Predicate<Hole> unseen(long number) {
			return (hole) -> hole.kind() == Hole.Kind.UNSEEN && hole.contains(number);
		}

		/**
		 * Mostly the next message, sometimes after a gap, sometimes an old one.
		 */
		private long pick() {
			if (this.highest >= this.first && chance(3)) {
				return 1 + this.random.nextInt((int) this.highest);
			}
			return this.highest + (chance(8) ? 1 + this.random.nextInt(4) : 1);
		}

		/**
		 * Returns whether the message may be acknowledged.
		 */
		private boolean deliver(Streams consumer, long number, boolean disturbed) {
			this.highest = Math.max(this.highest, number);
			Progress known = consumer.known(STREAM);
			if (known == null || (disturbed && chance(15))) {
				consumer.forget(STREAM);
				known = take();
				consumer.taken(STREAM, known);
			}
			Position place = Position.Sequence.of("shop", "orders", "1", number);
			if (disturbed && chance(10)) {
				return park(consumer, number, known.park(place));
			}
			Step step = known.apply(place);
			if (step == null) {
				assertThat(this.applied).as("a repetition").containsKey(number);
				return true;
			}
			if (disturbed && chance(5)) {
				deliver(any(), chance(2) ? number : pick(), false);
			}
			if (disturbed && chance(8)) {
				return false;
			}
			boolean replayed = step.fills() && this.keys.contains(number);
			boolean committed = !(disturbed && chance(20)) && write(step);
			if (committed) {
				this.accounted.add(number);
				if (!replayed) {
					this.applied.merge(number, 1, Integer::sum);
				}
				if (step.fills()) {
					this.keys.add(number);
				}
			}
			return settle(consumer, step, committed, disturbed);
		}

		private boolean park(Streams consumer, long number, Step step) {
			if (step == null) {
				return true;
			}
			boolean committed = write(step);
			if (committed) {
				this.parked.add(number);
				this.accounted.add(number);
			}
			return settle(consumer, step, committed, true);
		}

		/**
		 * The answer of a commit may be lost, whatever became of it.
		 */
		private boolean settle(Streams consumer, Step step, boolean committed, boolean disturbed) {
			if (!committed || (disturbed && chance(10))) {
				consumer.drop(STREAM, step);
				return false;
			}
			consumer.committed(STREAM, step);
			return true;
		}

		private void replay(long number) {
			this.parked.remove(number);
			if (this.keys.add(number)) {
				this.applied.merge(number, 1, Integer::sum);
			}
		}

		private Progress take() {
			this.stored = new Progress(this.stored.owner() + 1, -1, this.stored.position(), 0, this.stored.holes());
			return new Progress(this.stored.owner(), -1, this.stored.position(), 0, this.stored.holes());
		}

		/**
		 * Changes rows, as the database does: what the step does not name stays.
		 */
		private boolean write(Step step) {
			if (this.stored.owner() != step.from().owner() || this.stored.position() != step.from().position()) {
				return false;
			}
			List<Hole> holes = new ArrayList<>(this.stored.holes());
			for (HoleChange change : step.changes()) {
				if (change instanceof HoleChange.Opened opened) {
					holes.add(opened.hole());
				}
				else if (!fill(holes, (HoleChange.Filled) change)) {
					return false;
				}
			}
			this.stored = new Progress(this.stored.owner(), -1, step.to().position(), 0, holes);
			return true;
		}

		private static boolean fill(List<Hole> holes, HoleChange.Filled filled) {
			Hole hole = filled.hole();
			if (!holes.remove(hole)) {
				return false;
			}
			if (filled.number() > hole.first()) {
				holes.add(new Hole(hole.first(), filled.number() - 1, hole.kind()));
			}
			if (filled.number() < hole.last()) {
				holes.add(new Hole(filled.number() + 1, hole.last(), hole.kind()));
			}
			return true;
		}

		private Streams any() {
			return this.consumers.get(this.random.nextInt(this.consumers.size()));
		}

		private boolean chance(int oneIn) {
			return this.random.nextInt(oneIn) == 0;
		}

	}

}
