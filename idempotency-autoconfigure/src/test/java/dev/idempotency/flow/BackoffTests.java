// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BackoffTests {

	private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

	@Test
	void pausesDoubleUpToTheLongest() {
		assertThat(this.backoff.pause(1, () -> 1)).hasMillis(100);
		assertThat(this.backoff.pause(2, () -> 1)).hasMillis(200);
		assertThat(this.backoff.pause(7, () -> 1)).hasMillis(6400);
		assertThat(this.backoff.pause(8, () -> 1)).hasMillis(10_000);
		assertThat(this.backoff.pause(Integer.MAX_VALUE, () -> 1)).hasMillis(10_000);
	}

	@Test
	void jitterTakesAwayAtMostHalf() {
		assertThat(this.backoff.pause(2, () -> 0)).hasMillis(100);
		assertThat(this.backoff.pause(2, () -> 0.5)).hasMillis(150);
	}

	@Test
	void nonsenseIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
	}

}
