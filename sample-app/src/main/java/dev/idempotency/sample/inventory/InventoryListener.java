// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.inventory;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.sample.messaging.Channels;
import dev.idempotency.sample.order.OrderCreated;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Reserves stock once per order, however often the event arrives.
 */
@Component
class InventoryListener {

	private final ReservationRepository reservations;

	private final StockRepository stock;

	private final Outbox outbox;

	InventoryListener(ReservationRepository reservations, StockRepository stock, Outbox outbox) {
		this.reservations = reservations;
		this.stock = stock;
		this.outbox = outbox;
	}

	@KafkaListener(id = "inventory", topics = Channels.ORDER_CREATED)
	@ExactlyOnceEffect(flow = "inventory")
	void reserve(OrderCreated order) {
		this.reservations.save(new Reservation(null, order.orderId(), order.customer(), order.number(), order.sku(),
				order.quantity()));
		this.stock.reserve(order.sku(), order.quantity());
		this.outbox.publish(OutboxMessage.to("rabbit:" + Channels.SHOP_EXCHANGE)
			.route(Channels.STOCK_RESERVED)
			.key(order.customer())
			.payload(Channels.STOCK_RESERVED, new StockReserved(order.orderId(), order.customer(), order.number(),
					order.sku(), order.quantity())));
	}

}
