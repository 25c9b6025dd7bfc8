// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.idempotency.flow.Backoff;
import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PausesTests {

	private static final OutboxRecord MESSAGE = Messages.message(1, "k");

	private static final OutboxRecord OTHER = Messages.message(2, "k");

	private final HandTime time = new HandTime();

	private final Pauses pauses = new Pauses(
			new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, 0.2),
			this.time.timing());

	@Test
	void refusedMessageWaitsLongerEachTime() {
		this.pauses.learn(List.of(MESSAGE, OTHER), refused(MESSAGE));
		assertThat(this.pauses.mustWait(MESSAGE)).isTrue();
		assertThat(this.pauses.mustWait(OTHER)).isFalse();
		assertThat(this.pauses.next()).isEqualTo(Duration.ofMillis(100).toNanos());
		this.time.pass(Duration.ofMillis(100));
		assertThat(this.pauses.mustWait(MESSAGE)).isFalse();
		this.pauses.learn(List.of(MESSAGE), refused(Messages.refusedOnceMore(MESSAGE)));
		assertThat(this.pauses.next()).isEqualTo(Duration.ofMillis(200).toNanos());
	}

	@Test
	void messageNoLongerThereIsForgotten() {
		this.pauses.learn(List.of(MESSAGE, OTHER), refused(MESSAGE));
		this.pauses.learn(List.of(OTHER), new Answers());
		assertThat(this.pauses.next()).isNegative();
	}

	@Test
	void unansweredMessageIsRepeatedWhileTheBudgetLasts() {
		Answers answers = new Answers();
		answers.unavailable(MESSAGE, new IllegalStateException("away"));
		this.pauses.learn(List.of(MESSAGE), answers);
		int repeated = 0;
		while (!this.pauses.mustWait(MESSAGE)) {
			repeated++;
		}
		assertThat(repeated).isEqualTo(10);
		assertThat(this.pauses.mustWait(OTHER)).as("never sent before").isFalse();
		this.time.pass(Duration.ofSeconds(1));
		assertThat(this.pauses.mustWait(MESSAGE)).isFalse();
	}

	@Test
	void aRoundWithoutAFailureEndsTheSparing() {
		Answers lost = new Answers();
		lost.unavailable(MESSAGE, new IllegalStateException("away"));
		lost.confirmed(OTHER, Instant.EPOCH);
		this.pauses.learn(List.of(MESSAGE, OTHER), lost);
		exhaustTheBudget();
		this.pauses.learn(List.of(MESSAGE), new Answers());
		assertThat(this.pauses.mustWait(MESSAGE)).as("nothing was sent").isTrue();
		this.pauses.learn(List.of(MESSAGE), refused(OTHER));
		assertThat(this.pauses.mustWait(MESSAGE)).isFalse();
	}

	@Test
	void aProbeUsesUpNoBudget() {
		Answers lost = new Answers();
		lost.unavailable(MESSAGE, new IllegalStateException("away"));
		this.pauses.learn(List.of(MESSAGE), lost);
		exhaustTheBudget();
		assertThat(this.pauses.isRefused(MESSAGE)).isFalse();
	}

	private void exhaustTheBudget() {
		int repeated = 0;
		while (!this.pauses.mustWait(MESSAGE)) {
			repeated++;
		}
		assertThat(repeated).isPositive();
	}

	private static Answers refused(OutboxRecord message) {
		Answers answers = new Answers();
		answers.refused(message, new IllegalArgumentException("no"));
		return answers;
	}

}
