// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import dev.idempotency.flow.FlowMode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Publishes what the flows of this node do: per flow and mode a one or a zero.
 */
public final class FlowModeMeters {

	private final MeterRegistry registry;

	private final Supplier<Map<String, FlowMode>> modes;

	private final ConcurrentMap<String, FlowMode> seen = new ConcurrentHashMap<>();

	/**
	 * Creates the meters.
	 * @param registry where meters go
	 * @param modes what each flow does now
	 */
	public FlowModeMeters(MeterRegistry registry, Supplier<Map<String, FlowMode>> modes) {
		this.registry = registry;
		this.modes = modes;
	}

	/**
	 * Looks at every flow.
	 */
	public void look() {
		this.modes.get().forEach((flow, mode) -> {
			if (this.seen.put(flow, mode) == null) {
				register(flow);
			}
		});
	}

	private void register(String flow) {
		for (FlowMode mode : FlowMode.values()) {
			Gauge.builder(IdempotencyMeters.FLOW_MODE.getName(), this.seen, (seen) -> (seen.get(flow) == mode) ? 1 : 0)
				.description(IdempotencyMeters.FLOW_MODE.description())
				.tags("flow", flow, "mode", mode.name().toLowerCase(Locale.ROOT))
				.register(this.registry);
		}
	}

}
