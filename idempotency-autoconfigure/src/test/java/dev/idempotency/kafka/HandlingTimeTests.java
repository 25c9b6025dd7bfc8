// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HandlingTimeTests {

	private final HandClock clock = new HandClock();

	private final HandlingTime time = new HandlingTime("orders", Duration.ofSeconds(10), this.clock);

	@Test
	void warnsAtHalfOfTheInterval() {
		this.time.handling();
		this.clock.advance(4999);
		assertThat(this.time.handled()).isFalse();
		this.time.handling();
		this.clock.advance(1);
		assertThat(this.time.handled()).isTrue();
	}

	@Test
	void everyPollBeginsAnew() {
		this.time.handling();
		this.clock.advance(4000);
		assertThat(this.time.handled()).isFalse();
		this.time.polling();
		this.time.handling();
		this.clock.advance(4000);
		assertThat(this.time.handled()).isFalse();
	}

	@Test
	void warnsOncePerInterval() {
		this.time.handling();
		this.clock.advance(6000);
		assertThat(this.time.handled()).isTrue();
		this.clock.advance(3000);
		assertThat(this.time.handled()).isFalse();
		this.clock.advance(7000);
		assertThat(this.time.handled()).isTrue();
	}

	@Test
	void withoutRecordsThereIsNothingToSay() {
		assertThat(this.time.handled()).isFalse();
	}

	private static final class HandClock extends Clock {

		private Instant now = Instant.EPOCH;

		void advance(long millis) {
			this.now = this.now.plusMillis(millis);
		}

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
			return this.now;
		}

	}

}
