// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.shipping;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.sample.inventory.StockReserved;
import dev.idempotency.sample.messaging.Channels;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/**
 * Ships once per reservation, however often the message arrives.
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
		this.shipments.save(new Shipment(null, reserved.orderId(), reserved.customer(), reserved.number()));
	}

}
