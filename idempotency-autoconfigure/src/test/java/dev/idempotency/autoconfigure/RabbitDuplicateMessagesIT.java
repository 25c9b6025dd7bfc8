// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;

import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.SharedRabbit;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AutoClose;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class RabbitDuplicateMessagesIT extends AbstractDuplicateMessages {

	@AutoClose
	private final SharedRabbit rabbit = SharedRabbit.open();

	private final String queue = this.rabbit.newQueue("duplicates");

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

	@Override
	ApplicationContextRunner broker(ApplicationContextRunner runner) {
		return runner
			.withPropertyValues("test.queue=" + this.queue, "spring.rabbitmq.host=" + this.rabbit.host(),
					"spring.rabbitmq.port=" + this.rabbit.port(), "spring.rabbitmq.username=" + this.rabbit.username(),
					"spring.rabbitmq.password=" + this.rabbit.password(),
					"spring.rabbitmq.virtual-host=" + this.rabbit.virtualHost(),
					"spring.rabbitmq.listener.simple.concurrency=2", "spring.rabbitmq.listener.simple.prefetch=1")
			.withConfiguration(
					AutoConfigurations.of(RabbitAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class))
			.withBean(Shop.class, () -> new Shop(this.handling));
	}

	@Override
	void send(ApplicationContext context, int consumer, String source, String body) {
		MessageProperties properties = new MessageProperties();
		properties.setContentType("text/plain");
		properties.setHeader("cloudEvents:id", "42");
		properties.setHeader("cloudEvents:source", source);
		context.getBean(RabbitTemplate.class)
			.send("", this.queue, new Message(body.getBytes(StandardCharsets.UTF_8), properties));
	}

	static class Shop {

		private final Handling handling;

		Shop(Handling handling) {
			this.handling = handling;
		}

		@RabbitListener(id = FLOW, queues = "${test.queue}")
		@ExactlyOnceEffect(flow = FLOW)
		public void on(String body) throws InterruptedException {
			this.handling.handle(body);
		}

	}

}
