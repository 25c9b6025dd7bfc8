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

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Claims, redeliveries, folds and crashes in any order, on a store whose claims look at
 * the position first and at the rows later, as PostgreSQL's do.
 */
class FoldSimulationTests {

	private static final int NUMBERS = 12;

	@Test
	void everyNumberIsAppliedOnceAndTheWatermarkIsNeverAheadOfWhatIsKnown() {
		for (int seed = 0; seed < 3_000; seed++) {
			new Simulation(seed, true).run();
		}
	}

	@Test
	void rowsRemovedAtOnceWouldLetAnEffectRepeat() {
		assertThatThrownBy(() -> {
			for (int seed = 0; seed < 3_000; seed++) {
				new Simulation(seed, false).run();
			}
		}).isInstanceOf(AssertionError.class).hasMessageContaining("applied twice");
	}

	private static final class Simulation {

		private final Random random;

		private final boolean waits;

		private final int seed;

		private final Set<Long> rows = new TreeSet<>();

		private final Map<Long, Integer> applied = new HashMap<>();

		private final Set<Long> lost = new HashSet<>();

		private final List<Claiming> claims = new ArrayList<>();

		private Progress progress = new Progress(0, -1, 0, 0, List.of());

		private Set<Long> folded = Set.of();

		private Set<Claiming> before = Set.of();

		Simulation(int seed, boolean waits) {
			this.seed = seed;
			this.random = new Random(seed);
			this.waits = waits;
			for (long number = 2; number < NUMBERS; number++) {
				if (this.random.nextInt(6) == 0) {
					this.lost.add(number);
				}
			}
		}

		void run() {
			for (int step = 0; step < 150; step++) {
				switch (this.random.nextInt(6)) {
					case 0, 1 -> begin(1 + this.random.nextInt(NUMBERS));
					case 2, 3 -> goOn();
					case 4 -> advance(this.random.nextBoolean());
					default -> removeFolded();
				}
				check();
			}
			settle();
		}

		/**
		 * Looks at the position. Any of the consumers gets any message, any number of
		 * times.
		 */
		private void begin(long number) {
			if (!this.lost.contains(number)) {
				this.claims.add(new Claiming(number, known(number)));
			}
		}

		/**
		 * Meets the row, and commits or crashes. The row of one that has not committed is
		 * waited for.
		 */
		private void goOn() {
			if (this.claims.isEmpty()) {
				return;
			}
			Claiming claim = this.claims.get(this.random.nextInt(this.claims.size()));
			if (claim.inserted) {
				this.claims.remove(claim);
				if (this.random.nextInt(4) > 0) {
					this.rows.add(claim.number);
					this.applied.merge(claim.number, 1, Integer::sum);
				}
			}
			else if (claim.known || this.rows.contains(claim.number)) {
				this.claims.remove(claim);
			}
			else {
				claim.inserted = this.claims.stream()
					.noneMatch((other) -> other.inserted && other.number == claim.number);
			}
		}

		private void advance(boolean settled) {
			Step step = this.progress.fold(this.rows.stream().map((number) -> new Applied(number, settled)).toList());
			this.progress = (step != null) ? step.to() : this.progress;
		}

		private void removeFolded() {
			if (this.waits && this.claims.stream().anyMatch(this.before::contains)) {
				return;
			}
			this.rows.removeAll(this.folded);
			this.folded = new HashSet<>(this.rows);
			this.folded.removeIf((number) -> !known(number));
			this.before = new HashSet<>(this.claims);
			if (!this.waits) {
				this.rows.removeAll(this.folded);
			}
		}

		private boolean known(long number) {
			return number <= this.progress.position() && hole(number) == null;
		}

		private @Nullable Hole hole(long number) {
			return this.progress.holes().stream().filter((hole) -> hole.contains(number)).findFirst().orElse(null);
		}

		private void check() {
			this.applied.forEach((number, times) -> assertThat(times).as("%s applied twice, seed %s", number, this.seed)
				.isEqualTo(1));
			for (long number = 1; number <= this.progress.position(); number++) {
				assertThat(this.applied.containsKey(number) || hole(number) != null)
					.as("%s is neither applied nor a hole, seed %s", number, this.seed)
					.isTrue();
			}
		}

		/**
		 * What was not lost comes once more, and nothing is under way.
		 */
		private void settle() {
			while (!this.claims.isEmpty()) {
				goOn();
			}
			for (long number = 1; number <= NUMBERS; number++) {
				while (!this.lost.contains(number) && !this.applied.containsKey(number)) {
					begin(number);
					goOn();
					goOn();
				}
			}
			advance(true);
			removeFolded();
			removeFolded();
			check();
			assertThat(this.rows).as("seed %s", this.seed).isEmpty();
			assertThat(this.progress.position()).isEqualTo(NUMBERS);
			Set<Long> holes = new HashSet<>();
			this.progress.holes().forEach((hole) -> {
				for (long number = hole.first(); number <= hole.last(); number++) {
					holes.add(number);
				}
			});
			assertThat(holes).as("seed %s", this.seed).isEqualTo(this.lost);
		}

	}

	/**
	 * A transaction that claims.
	 */
	private static final class Claiming {

		private final long number;

		private final boolean known;

		private boolean inserted;

		Claiming(long number, boolean known) {
			this.number = number;
			this.known = known;
		}

	}

}
