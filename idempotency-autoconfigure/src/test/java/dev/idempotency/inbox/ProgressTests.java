// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.List;
import java.util.Objects;

import dev.idempotency.effect.Position;
import dev.idempotency.inbox.Hole.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ProgressTests {

	private Progress progress = new Progress(1, -1, 0, 0, List.of());

	@Test
	void theFirstContactLeavesWhatIsOlderUnseenAndLaterGapsOpen() {
		apply(5);
		apply(8);
		assertThat(this.progress.holes()).containsExactly(new Hole(1, 4, Kind.UNSEEN), new Hole(6, 7, Kind.OPEN));
		assertThat(this.progress.position()).isEqualTo(8);
	}

	@Test
	void aNumberInTheMiddleSplitsItsHole() {
		apply(1);
		apply(6);
		apply(4);
		assertThat(this.progress.holes()).containsExactly(new Hole(2, 3, Kind.OPEN), new Hole(5, 5, Kind.OPEN));
		assertThat(this.progress.apply(number(4))).isNull();
	}

	@Test
	void aNumberSetAsideAfterAGapLeavesTwoHoles() {
		apply(1);
		this.progress = Objects.requireNonNull(this.progress.park(number(4))).to();
		assertThat(this.progress.holes()).containsExactly(new Hole(2, 3, Kind.OPEN), new Hole(4, 4, Kind.PARKED));
		assertThat(this.progress.park(number(4))).isNull();
	}

	@Test
	void offsetsAreComparedWithinTheirLeaderEpoch() {
		this.progress = Objects.requireNonNull(this.progress.apply(new Position.Offset("log", 2, 10))).to();
		assertThat(this.progress.apply(new Position.Offset("log", 2, 10))).isNull();
		assertThat(this.progress.apply(new Position.Offset("log", 1, 11))).isNull();
		assertThat(this.progress.apply(new Position.Offset("log", 3, 4))).isNotNull();
		assertThat(this.progress.apply(new Position.Offset("log", 2, 11))).isNotNull();
	}

	@Test
	void anUnknownLeaderEpochIsComparedByOffsetAloneAndForgetsNothing() {
		this.progress = Objects.requireNonNull(this.progress.apply(new Position.Offset("log", 2, 10))).to();
		assertThat(this.progress.apply(new Position.Offset("log", -1, 9))).isNull();
		Step step = Objects.requireNonNull(this.progress.apply(new Position.Offset("log", -1, 11)));
		assertThat(step.to().epoch()).isEqualTo(2);
		assertThat(step.to().position()).isEqualTo(12);
	}

	@Test
	void whatAHeartbeatSaysWasSentIsMissing() {
		apply(1);
		Step step = Objects.requireNonNull(this.progress.heard(4));
		assertThat(step.to().position()).isEqualTo(3);
		assertThat(step.to().holes()).containsExactly(new Hole(2, 3, Hole.Kind.OPEN));
		assertThat(step.to().heard(4)).isNull();
		assertThat(step.to().heard(2)).isNull();
		assertThat(Objects.requireNonNull(step.to().apply(number(2))).fills()).isTrue();
		assertThat(Objects.requireNonNull(step.to().apply(number(4))).to().holes()).hasSize(1);
	}

	@Test
	void aStreamNothingWasSeenOfDoesNotBeginWithAHeartbeat() {
		assertThat(this.progress.heard(4)).isNull();
	}

	@Test
	void stepsThatDoNotMeetAreNotJoined() {
		Step one = Objects.requireNonNull(this.progress.apply(number(1)));
		Step other = Objects.requireNonNull(this.progress.apply(number(2)));
		assertThatIllegalArgumentException().isThrownBy(() -> one.then(other));
	}

	private void apply(long number) {
		this.progress = Objects.requireNonNull(this.progress.apply(number(number))).to();
	}

	private static Position number(long number) {
		return Position.Sequence.of("shop", "orders", "1", number);
	}

}
