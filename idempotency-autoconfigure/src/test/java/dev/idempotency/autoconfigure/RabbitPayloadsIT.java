// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.testing.SharedRabbit;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.rabbit.annotation.RabbitHandler;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RabbitPayloadsIT {

	@Test
	void listenerReadsWhatTheApplicationsConverterWrote() {
		Shop shop = new Shop();
		try (SharedRabbit rabbit = SharedRabbit.open()) {
			String queue = rabbit.newQueue("payloads");
			new ApplicationContextRunner()
				.withPropertyValues("spring.datasource.generate-unique-name=true", "test.queue=" + queue,
						"spring.rabbitmq.host=" + rabbit.host(), "spring.rabbitmq.port=" + rabbit.port(),
						"spring.rabbitmq.username=" + rabbit.username(),
						"spring.rabbitmq.password=" + rabbit.password(),
						"spring.rabbitmq.virtual-host=" + rabbit.virtualHost())
				.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
						DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
						RabbitAutoConfiguration.class, IdempotencyAutoConfiguration.class,
						JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
						RabbitIdempotencyAutoConfiguration.class))
				.withBean(MessageConverter.class,
						() -> new JacksonJsonMessageConverter("dev.idempotency.autoconfigure"))
				.withBean(Shop.class, () -> shop)
				.run((context) -> {
					Outbox outbox = context.getBean(Outbox.class);
					new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
						.executeWithoutResult((status) -> outbox.publish(OutboxMessage.to("rabbit:")
							.route(queue)
							.payload("order.created", new OrderCreated("o-1", 3))));
					await().atMost(Duration.ofSeconds(30))
						.untilAsserted(() -> assertThat(shop.received).containsExactly(new OrderCreated("o-1", 3)));
				});
		}
	}

	public record OrderCreated(String id, int quantity) {
	}

	/**
	 * Handler methods are chosen by the type the converter named; none is inferred.
	 */
	@RabbitListener(id = "shop", queues = "${test.queue}")
	static class Shop {

		final List<Object> received = new CopyOnWriteArrayList<>();

		@RabbitHandler
		@ExactlyOnceEffect(flow = "shop")
		void on(OrderCreated order) {
			this.received.add(order);
		}

	}

}
