// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.HashMap;
import java.util.Map;

import dev.idempotency.flow.FlowMode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FlowModeMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final Map<String, FlowMode> modes = new HashMap<>();

	private final FlowModeMeters meters = new FlowModeMeters(this.registry, () -> this.modes);

	@Test
	void theModeAFlowIsInIsOneAndTheOthersAreZero() {
		this.modes.put("payment", FlowMode.ACTIVE);
		this.meters.look();
		assertThat(gauges()).isEqualTo(Map.of("active", 1.0, "shadow", 0.0, "paused", 0.0));
		this.modes.put("payment", FlowMode.SHADOW);
		this.meters.look();
		assertThat(gauges()).isEqualTo(Map.of("active", 0.0, "shadow", 1.0, "paused", 0.0));
	}

	private Map<String, Double> gauges() {
		Map<String, Double> gauges = new HashMap<>();
		this.registry.find("idempotency.flow.mode")
			.tag("flow", "payment")
			.gauges()
			.forEach((gauge) -> gauges.put(gauge.getId().getTag("mode"), gauge.value()));
		return gauges;
	}

}
