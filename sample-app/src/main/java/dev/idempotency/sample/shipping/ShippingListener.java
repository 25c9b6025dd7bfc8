// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.shipping;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.sample.inventory.StockReserved;
import dev.idempotency.sample.messaging.Channels;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/**
 * Ships once per reservation, however often the message arrives. Should it come when the
 * inbox has forgotten it, the key of the table is a second defence.
 */
@Component
class ShippingListener {

	private final ShipmentRepository shipments;

	ShippingListener(ShipmentRepository shipments) {
		this.shipments = shipments;
	}

	@RabbitListener(id = "shipping", queues = Channels.SHIPPING_QUEUE)
	@ExactlyOnceEffect(flow = "shipping")
	void ship(StockReserved reserved) {
		if (this.shipments.add(reserved.orderId(), reserved.customer(), reserved.number()) == 0) {
			this.shipments.refuse(reserved.orderId());
		}
	}

}
