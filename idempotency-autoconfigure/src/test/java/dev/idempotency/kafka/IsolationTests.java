// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import dev.idempotency.effect.EffectGroupException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IsolationTests {

	private static final String DATABASE = "database";

	private final List<Integer> applied = new ArrayList<>();

	private final List<String> attempts = new ArrayList<>();

	@Test
	void withoutFailuresAllAreAppliedAtOnce() {
		assertThat(run(10, Set.of(), false, 100)).isEqualTo(10);
		assertThat(this.attempts).containsExactly("0-10");
	}

	@Test
	void atMostSoManyAreAppliedAtOnce() {
		assertThat(run(10, Set.of(), false, 4)).isEqualTo(10);
		assertThat(this.attempts).containsExactly("0-4", "4-8", "8-10");
	}

	@Test
	void aRecordThatIsNamedIsTriedAloneAfterThoseBeforeIt() {
		assertThat(run(10, Set.of(6), true, 100)).isEqualTo(6);
		assertThat(this.attempts).containsExactly("0-10", "0-6", "6-7");
	}

	@Test
	void aRecordThatNobodyNamesIsFoundByHalves() {
		assertThat(run(16, Set.of(5), false, 100)).isEqualTo(5);
		assertThat(this.attempts).containsExactly("0-16", "0-8", "0-4", "4-8", "4-6", "4-5", "5-6");
	}

	@Test
	void whereverTheBadOnesAreAllBeforeTheFirstAreAppliedInOrderAndNoneAfterIt() {
		for (int count = 1; count <= 12; count++) {
			for (int first = 0; first < count; first++) {
				for (int second = first; second < count; second++) {
					for (int most = 1; most <= 13; most += 4) {
						this.applied.clear();
						boolean named = (first + second) % 2 == 0;
						assertThat(run(count, (first == second) ? Set.of(first) : Set.of(first, second), named, most))
							.isEqualTo(first);
						assertThat(this.applied).containsExactlyElementsOf(IntStream.range(0, first).boxed().toList());
					}
				}
			}
		}
	}

	/**
	 * Its own fault may show only in the statement of a later one.
	 */
	@Test
	void aRecordThatWasNamedWronglyIsNotBlamed() {
		List<Integer> done = new ArrayList<>();
		Isolation isolation = new Isolation((from, to) -> {
			if (from <= 3 && to > 3) {
				throw (to - from == 1) ? new IllegalStateException("it was me")
						: new EffectGroupException((to > 7) ? 7 - from : EffectGroupException.UNKNOWN, new Exception());
			}
			IntStream.range(from, to).forEach(done::add);
		}, (ex) -> false, () -> 100);
		assertThat(end(isolation, 10, false)).isEqualTo(3);
		assertThat(done).containsExactly(0, 1, 2);
	}

	@Test
	void afterWhatWasNamedWronglyTheRestGoesOnTogether() {
		List<String> tried = new ArrayList<>();
		Isolation isolation = new Isolation((from, to) -> {
			tried.add(from + "-" + to);
			if (tried.size() == 1) {
				throw new EffectGroupException(4, new Exception());
			}
		}, (ex) -> false, () -> 100);
		assertThat(end(isolation, 10, false)).isEqualTo(10);
		assertThat(tried).containsExactly("0-10", "0-4", "4-5", "5-10");
	}

	@Test
	void aFirstRecordThatFailedBeforeIsTriedAlone() {
		assertThat(run(10, Set.of(), false, 100, true)).isEqualTo(10);
		assertThat(this.attempts).containsExactly("0-1", "1-10");
	}

	@Test
	void whatSmallerGroupsCannotMendEndsAtOnce() {
		Isolation isolation = new Isolation((from, to) -> {
			this.attempts.add(from + "-" + to);
			throw new IllegalStateException(DATABASE);
		}, (ex) -> DATABASE.equals(ex.getMessage()), () -> 4);
		assertThat(end(isolation, 10, false)).isZero();
		assertThat(this.attempts).containsExactly("0-4");
	}

	private int run(int count, Set<Integer> bad, boolean named, int most) {
		return run(count, bad, named, most, false);
	}

	private int run(int count, Set<Integer> bad, boolean named, int most, boolean suspected) {
		return end(new Isolation((from, to) -> {
			this.attempts.add(from + "-" + to);
			for (int i = from; i < to; i++) {
				if (bad.contains(i)) {
					Exception cause = new IllegalStateException("bad");
					throw (to - from == 1) ? cause
							: new EffectGroupException(named ? i - from : EffectGroupException.UNKNOWN, cause);
				}
			}
			IntStream.range(from, to).forEach(this.applied::add);
		}, (ex) -> false, () -> most), count, suspected);
	}

	private static int end(Isolation isolation, int count, boolean suspected) {
		try {
			isolation.run(count, suspected);
			return count;
		}
		catch (Isolation.Stopped ex) {
			return ex.index();
		}
	}

}
