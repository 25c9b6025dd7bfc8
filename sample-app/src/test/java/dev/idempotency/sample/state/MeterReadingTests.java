// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.state;

import java.time.Duration;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class MeterReadingTests {

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@Test
	void counterIsReadWithItsTags() {
		this.meters.counter("idempotency.effects", "flow", "inventory", "result", "duplicate").increment(3);
		MeterReading reading = MeterReading.of(this.meters.get("idempotency.effects").meter());
		assertThat(reading.tags()).isEqualTo(Map.of("flow", "inventory", "result", "duplicate"));
		assertThat(reading.values()).containsExactly(entry("count", 3.0));
	}

	@Test
	void timesAreReadInSeconds() {
		this.meters.timer("idempotency.effect.duration").record(Duration.ofMillis(250));
		MeterReading reading = MeterReading.of(this.meters.get("idempotency.effect.duration").meter());
		assertThat(reading.values()).containsEntry("count", 1.0).containsEntry("total", 0.25);
	}

	@Test
	void whatIsNoNumberIsLeftOut() {
		this.meters.gauge("idempotency.outbox.depth", Double.NaN);
		MeterReading reading = MeterReading.of(this.meters.get("idempotency.outbox.depth").meter());
		assertThat(reading.values()).isEmpty();
	}

}
