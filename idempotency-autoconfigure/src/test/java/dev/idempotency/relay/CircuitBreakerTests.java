// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;

import dev.idempotency.flow.Backoff;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CircuitBreakerTests {

	private final CircuitBreaker breaker = new CircuitBreaker(
			new RelaySettings.Retrying(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)), 3, 0.2), () -> 1.0);

	@Test
	void pausesAfterAFailureAndStaysClosed() {
		assertThat(this.breaker.failed(1, 0)).isFalse();
		assertThat(this.breaker.pause(0)).isEqualTo(Duration.ofMillis(100).toNanos());
		assertThat(this.breaker.pause(Duration.ofMillis(100).toNanos())).isZero();
		assertThat(this.breaker.probe()).isFalse();
	}

	@Test
	void opensAfterFailuresInARowAndProbesWhenThePauseIsOver() {
		this.breaker.failed(1, 0);
		assertThat(this.breaker.failed(2, 0)).isTrue();
		assertThat(this.breaker.state()).isEqualTo(RelayStatus.Breaker.OPEN);
		assertThat(this.breaker.failures()).isEqualTo(3);
		assertThat(this.breaker.probe()).isTrue();
		assertThat(this.breaker.state()).isEqualTo(RelayStatus.Breaker.HALF_OPEN);
	}

	@Test
	void opensAgainForLongerWhenTheProbeFails() {
		this.breaker.failed(3, 0);
		this.breaker.probe();
		assertThat(this.breaker.failed(1, 0)).as("was not closed").isFalse();
		assertThat(this.breaker.state()).isEqualTo(RelayStatus.Breaker.OPEN);
		assertThat(this.breaker.pause(0)).isEqualTo(Duration.ofMillis(200).toNanos());
	}

	@Test
	void pauseDoesNotGrowBeyondItsBound() {
		for (int i = 0; i < 40; i++) {
			this.breaker.failed(5, 0);
		}
		assertThat(this.breaker.pause(0)).isEqualTo(Duration.ofSeconds(1).toNanos());
	}

	@Test
	void closesWithAnAnswer() {
		this.breaker.failed(3, 0);
		this.breaker.probe();
		assertThat(this.breaker.answered()).isTrue();
		assertThat(this.breaker.state()).isEqualTo(RelayStatus.Breaker.CLOSED);
		assertThat(this.breaker.pause(0)).isZero();
		assertThat(this.breaker.answered()).as("was closed").isFalse();
	}

}
