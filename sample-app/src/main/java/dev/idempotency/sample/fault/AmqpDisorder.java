// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.idempotency.sample.messaging.Channels;
import dev.idempotency.sample.order.OrderRequest;
import dev.idempotency.sample.order.OrderService;

import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.stereotype.Component;

/**
 * Turns the order of fresh messages around between the broker and shipping.
 */
@Component
class AmqpDisorder {

	private static final long PATIENCE_MILLIS = 5000;

	private final RabbitTemplate rabbit;

	private final RabbitListenerEndpointRegistry listeners;

	private final OrderService orders;

	AmqpDisorder(RabbitTemplate rabbit, RabbitListenerEndpointRegistry listeners, OrderService orders) {
		this.rabbit = rabbit;
		this.listeners = listeners;
		this.orders = orders;
	}

	/**
	 * Places orders of one customer and delivers their reservations last one first.
	 * @param customer who orders
	 * @param count how many orders
	 * @return how many messages changed places
	 */
	long reverse(String customer, int count) {
		MessageListenerContainer shipping = this.listeners.getListenerContainer("shipping");
		if (shipping == null) {
			throw new FaultException("No RabbitMQ listener 'shipping'");
		}
		shipping.stop();
		try {
			for (int order = 0; order < count; order++) {
				this.orders.place(new OrderRequest(null, customer, "espresso", 1));
			}
			Integer reversed = this.rabbit.execute((channel) -> reverse(channel, count));
			return (reversed != null) ? reversed : 0;
		}
		finally {
			shipping.start();
		}
	}

	/**
	 * A message is given back before it is acknowledged, so a crash in here repeats but
	 * never loses.
	 */
	private static int reverse(Channel channel, int count) throws Exception {
		BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
		channel.basicQos(count);
		String consumer = channel.basicConsume(Channels.SHIPPING_QUEUE, false, (tag, message) -> queue.add(message),
				(tag) -> {
				});
		List<Delivery> messages = new ArrayList<>();
		Delivery next = queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		while (next != null) {
			messages.add(next);
			next = (messages.size() < count) ? queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) : null;
		}
		channel.basicCancel(consumer);
		Collections.reverse(messages);
		for (Delivery message : messages) {
			channel.basicPublish("", Channels.SHIPPING_QUEUE, message.getProperties(), message.getBody());
			channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
		}
		return messages.size();
	}

}
