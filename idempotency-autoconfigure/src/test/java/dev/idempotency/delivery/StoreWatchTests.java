// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StoreWatchTests {

	private Instant now = Instant.EPOCH;

	private boolean answers;

	private int asked;

	private final List<String> resumed = new ArrayList<>();

	private final StoreWatch watch = new StoreWatch(() -> {
		this.asked++;
		return this.answers;
	}, new HandClock(), () -> 1);

	@Test
	void nobodyIsAskedWhileNothingFails() {
		this.watch.look();
		assertThat(this.asked).isZero();
		this.watch.whenBack("orders", () -> this.resumed.add("orders"));
		assertThat(this.resumed).containsExactly("orders");
	}

	@Test
	void whoWaitsGoesOnWhenTheDatabaseAnswers() {
		this.watch.suspect();
		assertThat(this.watch.isAway()).isTrue();
		this.watch.whenBack("orders", () -> this.resumed.add("orders"));
		this.watch.look();
		assertThat(this.resumed).isEmpty();
		assertThat(this.watch.outage()).isNotNull()
			.satisfies((outage) -> assertThat(outage.flows()).containsExactly("orders"))
			.satisfies((outage) -> assertThat(outage.since()).isEqualTo(Instant.EPOCH));
		this.answers = true;
		pass(Duration.ofSeconds(1));
		this.watch.look();
		assertThat(this.resumed).containsExactly("orders");
		assertThat(this.watch.isAway()).isFalse();
		assertThat(this.watch.outage()).isNull();
	}

	@Test
	void onlyAnUnansweredQuestionLetsAFlowGoOn() {
		assertThat(this.watch.isPassed("payment")).isFalse();
		this.watch.suspect();
		assertThat(this.watch.isPassed("payment")).as("suspected only").isFalse();
		this.answers = false;
		this.watch.look();
		assertThat(this.watch.isPassed("payment")).isTrue();
		assertThat(this.watch.outage().unprotected()).containsExactly("payment");
	}

	@Test
	void aSuspicionThatProvesWrongIsNoOutage() {
		this.answers = true;
		this.watch.suspect();
		assertThat(this.watch.outage()).isNull();
		this.watch.look();
		assertThat(this.watch.isAway()).isFalse();
	}

	@Test
	void pausesBetweenQuestionsGrow() {
		this.watch.suspect();
		for (int step = 0; step < 600; step++) {
			this.watch.look();
			pass(Duration.ofMillis(100));
		}
		assertThat(this.asked).isBetween(12, 20);
	}

	@Test
	void oneWhoCannotGoOnDoesNotHoldUpTheOthers() {
		this.watch.suspect();
		this.watch.whenBack("broken", () -> {
			throw new IllegalStateException("stopped");
		});
		this.watch.whenBack("orders", () -> this.resumed.add("orders"));
		this.answers = true;
		this.watch.look();
		assertThat(this.resumed).containsExactly("orders");
	}

	private void pass(Duration time) {
		this.now = this.now.plus(time);
	}

	private final class HandClock extends Clock {

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return StoreWatchTests.this.now;
		}

	}

}
