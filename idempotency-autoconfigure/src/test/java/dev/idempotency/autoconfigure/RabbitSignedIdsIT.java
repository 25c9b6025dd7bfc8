// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.testing.SharedRabbit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RabbitSignedIdsIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	@Test
	void onlySignedIdsAreBelieved() {
		Shop shop = new Shop();
		try (SharedRabbit rabbit = SharedRabbit.open()) {
			String queue = rabbit.newQueue("signed");
			new ApplicationContextRunner()
				.withPropertyValues("spring.datasource.generate-unique-name=true", "test.queue=" + queue,
						"spring.rabbitmq.host=" + rabbit.host(), "spring.rabbitmq.port=" + rabbit.port(),
						"spring.rabbitmq.username=" + rabbit.username(),
						"spring.rabbitmq.password=" + rabbit.password(),
						"spring.rabbitmq.virtual-host=" + rabbit.virtualHost())
				.withPropertyValues(SignedIdsApplication.properties())
				.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
						DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
						JdbcTemplateAutoConfiguration.class, RabbitAutoConfiguration.class,
						IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class,
						JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
						RabbitIdempotencyAutoConfiguration.class))
				.withBean(Shop.class, () -> shop)
				.run((context) -> {
					String other = SignedIdsApplication.signatureOfTheOldKey("shop", "order-2");
					send(context, queue, "order-1", "unsigned", null);
					send(context, queue, "order-1", "forged", other);
					send(context, queue, "order-2", "of the old key", other);
					await().atMost(TIMEOUT).until(() -> shop.received.contains("of the old key"));
					SignedIdsApplication.publish(context,
							OutboxMessage.to("rabbit:").route(queue).id("order-1").payload("order", "genuine"));
					await().atMost(TIMEOUT)
						.untilAsserted(() -> assertThat(shop.received).containsExactly("of the old key", "genuine"));
					await().atMost(TIMEOUT)
						.untilAsserted(() -> assertThat(SignedIdsApplication.reasonsOfParked(context))
							.containsExactly("NO_IDENTITY", "NO_IDENTITY"));
					assertThat(SignedIdsApplication.slis(context).refused()).isEqualTo(2);
				});
		}
	}

	private static void send(ApplicationContext context, String queue, String id, String body,
			@Nullable String signature) {
		MessageProperties properties = new MessageProperties();
		properties.setContentType("text/plain");
		properties.setMessageId(id);
		properties.setHeader("cloudEvents:id", id);
		properties.setHeader("cloudEvents:source", "shop");
		if (signature != null) {
			properties.setHeader("idempotency-signature", signature);
		}
		context.getBean(RabbitTemplate.class)
			.send("", queue, new Message(body.getBytes(StandardCharsets.UTF_8), properties));
	}

	static class Shop {

		final List<String> received = new CopyOnWriteArrayList<>();

		@RabbitListener(id = "signed", queues = "${test.queue}")
		@ExactlyOnceEffect(flow = SignedIdsApplication.FLOW)
		public void on(String body) {
			this.received.add(body);
		}

	}

}
