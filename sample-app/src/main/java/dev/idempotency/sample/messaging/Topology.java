// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.messaging;

import org.apache.kafka.clients.admin.NewTopic;

import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.kafka.support.converter.StringJacksonJsonMessageConverter;

/**
 * Topic, exchange and queues, created when the application starts, and JSON on both
 * sides.
 */
@Configuration(proxyBeanMethods = false)
class Topology {

	private static final int PARTITIONS = 3;

	@Bean
	NewTopic orderCreatedTopic() {
		return TopicBuilder.name(Channels.ORDER_CREATED).partitions(PARTITIONS).build();
	}

	/**
	 * One consumer at a time: several that compete for the messages of a queue would
	 * overtake each other, and a customer's shipments would lose their order.
	 */
	@Bean
	Declarables shop() {
		DirectExchange exchange = new DirectExchange(Channels.SHOP_EXCHANGE, true, false);
		Queue shipping = QueueBuilder.durable(Channels.SHIPPING_QUEUE).singleActiveConsumer().build();
		Queue archive = QueueBuilder.durable(Channels.ARCHIVE_QUEUE).build();
		return new Declarables(exchange, shipping, archive,
				BindingBuilder.bind(shipping).to(exchange).with(Channels.STOCK_RESERVED),
				BindingBuilder.bind(archive).to(exchange).with(Channels.STOCK_RESERVED));
	}

	@Bean
	RecordMessageConverter kafkaJson() {
		return new StringJacksonJsonMessageConverter();
	}

	@Bean
	JacksonJsonMessageConverter amqpJson() {
		return new JacksonJsonMessageConverter();
	}

}
