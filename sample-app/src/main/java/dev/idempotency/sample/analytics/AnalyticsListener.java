// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.analytics;

import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import dev.idempotency.sample.messaging.Channels;
import dev.idempotency.sample.order.OrderCreated;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Counts how often each product is ordered. A repeated event is counted again, on
 * purpose.
 */
@Component
class AnalyticsListener {

	private final SkuCountRepository counts;

	AnalyticsListener(SkuCountRepository counts) {
		this.counts = counts;
	}

	@KafkaListener(id = "analytics", topics = Channels.ORDER_CREATED)
	@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, flow = "analytics", owner = "insights",
			rationale = "Trends tolerate a repeated event, but not a missing one")
	void count(OrderCreated order) {
		this.counts.count(order.sku());
	}

}
