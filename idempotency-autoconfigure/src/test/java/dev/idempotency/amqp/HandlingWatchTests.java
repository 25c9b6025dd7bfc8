// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import dev.idempotency.delivery.Delivery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

class HandlingWatchTests {

	private static final Instant BEGIN = Instant.parse("2026-08-01T00:00:00Z");

	private final Clock clock = Mockito.mock();

	private final HandlingWatch watch = new HandlingWatch(Duration.ofMinutes(30), this.clock);

	@AfterEach
	void close() {
		this.watch.close();
	}

	@Test
	void warnsOnceAtHalfOfTheConsumerTimeout() {
		begin();
		at(Duration.ofMinutes(14));
		assertThat(this.watch.look()).isZero();
		at(Duration.ofMinutes(15));
		assertThat(this.watch.look()).isOne();
		at(Duration.ofMinutes(20));
		assertThat(this.watch.look()).isZero();
	}

	@Test
	void handledMessagesAreForgotten() {
		begin();
		this.watch.end();
		at(Duration.ofMinutes(40));
		assertThat(this.watch.look()).isZero();
	}

	private void begin() {
		at(Duration.ZERO);
		this.watch.begin("shipping", new Delivery("rabbit", "orders", "orders#1@tag", false, null, null, Map.of(),
				Map.of(), null, () -> new Delivery.Original(new byte[0]), false));
	}

	private void at(Duration time) {
		given(this.clock.instant()).willReturn(BEGIN.plus(time));
	}

}
