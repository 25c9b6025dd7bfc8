// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.order;

import java.util.UUID;

import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.sample.messaging.Channels;

import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes orders. The order and its event commit together or not at all.
 */
@Service
public class OrderService {

	private final OrderRepository orders;

	private final CustomerRepository customers;

	private final JdbcAggregateOperations aggregates;

	private final Outbox outbox;

	OrderService(OrderRepository orders, CustomerRepository customers, JdbcAggregateOperations aggregates,
			Outbox outbox) {
		this.orders = orders;
		this.customers = customers;
		this.aggregates = aggregates;
		this.outbox = outbox;
	}

	/**
	 * Places an order, or finds it placed before.
	 * @param request what is asked for
	 * @return the order, the same for a repeated request
	 * @throws OrderConflictException if the order id was used for something else
	 */
	@Transactional
	public PlacedOrder place(OrderRequest request) {
		Customer customer = this.customers.lock(request.customer());
		String orderId = (request.orderId() != null) ? request.orderId() : UUID.randomUUID().toString();
		PlacedOrder existing = this.orders.findByOrderId(orderId);
		if (existing == null) {
			return insert(orderId, this.customers.save(customer.withAnotherOrder()), request);
		}
		if (!existing.asks(request)) {
			throw new OrderConflictException(orderId);
		}
		return existing;
	}

	private PlacedOrder insert(String orderId, Customer customer, OrderRequest request) {
		PlacedOrder order = this.aggregates
			.insert(new PlacedOrder(orderId, customer.name(), customer.orders(), request.sku(), request.quantity()));
		OrderCreated event = new OrderCreated(orderId, order.customer(), order.number(), order.sku(), order.quantity());
		this.outbox.publish(OutboxMessage.to("kafka:" + Channels.ORDER_CREATED)
			.key(order.customer())
			.payload(Channels.ORDER_CREATED, event));
		return order;
	}

}
