// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import java.nio.charset.StandardCharsets;
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
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
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

	AmqpDisorder(ConnectionFactory connections, RabbitListenerEndpointRegistry listeners, OrderService orders) {
		this.rabbit = new RabbitTemplate(connections);
		this.rabbit.setChannelTransacted(true);
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
			List<String> orderIds = new ArrayList<>();
			for (int order = 0; order < count; order++) {
				orderIds.add(this.orders.place(new OrderRequest(null, customer, "espresso", 1)).orderId());
			}
			Integer reversed = this.rabbit.execute((channel) -> reverse(channel, orderIds));
			return (reversed != null) ? reversed : 0;
		}
		finally {
			shipping.start();
		}
	}

	/**
	 * Messages are taken and given back in one transaction, so a crash in here loses
	 * nothing. Other messages in the queue stay where they are.
	 */
	private static int reverse(Channel channel, List<String> orderIds) throws Exception {
		BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
		String consumer = channel.basicConsume(Channels.SHIPPING_QUEUE, false, (tag, message) -> queue.add(message),
				(tag) -> {
				});
		List<Delivery> messages = new ArrayList<>();
		Delivery next = queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		while (next != null) {
			if (isAbout(next, orderIds)) {
				messages.add(next);
			}
			next = (messages.size() < orderIds.size()) ? queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) : null;
		}
		channel.basicCancel(consumer);
		Collections.reverse(messages);
		for (Delivery message : messages) {
			channel.basicPublish("", Channels.SHIPPING_QUEUE, message.getProperties(), message.getBody());
			channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
		}
		channel.txCommit();
		channel.basicRecover(true);
		return messages.size();
	}

	private static boolean isAbout(Delivery message, List<String> orderIds) {
		String body = new String(message.getBody(), StandardCharsets.UTF_8);
		return orderIds.stream().anyMatch(body::contains);
	}

}
