// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ParkedMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ParkedMeters meters = new ParkedMeters(this.registry, (cap) -> this.counts, (cap) -> this.counts,
			() -> this.counts);

	private Map<String, Long> counts = Map.of();

	@Test
	void depthIsShownByFlowAndDestinationAndGoesBackToZero() {
		this.meters.count();
		assertThat(this.registry.getMeters()).isEmpty();
		this.counts = Map.of("a", 3L, "b", 1L);
		this.meters.count();
		assertThat(depth("idempotency.parked.depth", "flow", "a")).isEqualTo(3);
		assertThat(depth("idempotency.outbox.parked.depth", "destination", "b")).isEqualTo(1);
		this.counts = Map.of("b", 2L);
		this.meters.count();
		assertThat(depth("idempotency.parked.depth", "flow", "a")).isZero();
		assertThat(depth("idempotency.outbox.parked.depth", "destination", "a")).isZero();
		assertThat(depth("idempotency.parked.depth", "flow", "b")).isEqualTo(2);
	}

	private double depth(String name, String tag, String value) {
		return this.registry.get(name).tag(tag, value).gauge().value();
	}

}
