// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.telemetry;

import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import dev.idempotency.sample.messaging.Channels;
import dev.idempotency.sample.order.OrderCreated;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Watches how large orders are. A gap in the curve is filled by the next order; a value
 * that never was would raise an alarm.
 */
@Component
class TelemetryListener {

	private final DistributionSummary quantities;

	TelemetryListener(MeterRegistry meters) {
		this.quantities = DistributionSummary.builder("shop.order.quantity").register(meters);
	}

	@KafkaListener(id = "telemetry", topics = Channels.ORDER_CREATED)
	@DeliverySemantics(value = Semantics.AT_MOST_ONCE, flow = "telemetry", owner = "platform",
			rationale = "The next order fills a gap, a repeated one would be a peak that never was")
	void watch(OrderCreated order) {
		this.quantities.record(order.quantity());
	}

}
