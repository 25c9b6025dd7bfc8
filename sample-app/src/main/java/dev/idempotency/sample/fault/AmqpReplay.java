// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.fault;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.idempotency.sample.messaging.Channels;

import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Component;

/**
 * Sends everything to shipping again, the very messages with the same ids: they are kept
 * in a queue of their own, which gets its copy back through the exchange.
 */
@Component
class AmqpReplay {

	private final RabbitTemplate rabbit;

	AmqpReplay(ConnectionFactory connections) {
		this.rabbit = new RabbitTemplate(connections);
		this.rabbit.setChannelTransacted(true);
	}

	/**
	 * Publishes every archived message again, all of them or none.
	 * @return how many
	 */
	long everything() {
		Long sent = this.rabbit.execute(AmqpReplay::republish);
		return (sent != null) ? sent : 0;
	}

	private static long republish(Channel channel) throws Exception {
		long archived = channel.messageCount(Channels.ARCHIVE_QUEUE);
		long sent = 0;
		GetResponse message = channel.basicGet(Channels.ARCHIVE_QUEUE, false);
		while (message != null && sent < archived) {
			channel.basicPublish(Channels.SHOP_EXCHANGE, Channels.STOCK_RESERVED, message.getProps(),
					message.getBody());
			channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
			sent++;
			message = (sent < archived) ? channel.basicGet(Channels.ARCHIVE_QUEUE, false) : null;
		}
		channel.txCommit();
		return sent;
	}

}
