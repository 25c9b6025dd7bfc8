// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.SharedRabbit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A context that is stopped and started again, as a checkpoint does, and Spring's tests
 * to contexts they keep.
 */
@Timeout(120)
class RestartedContextIT {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	@Test
	void theRelayAndTheListenersGoOn() {
		Shop shop = new Shop();
		try (SharedPostgres database = SharedPostgres.open(); SharedRabbit rabbit = SharedRabbit.open()) {
			String queue = rabbit.newQueue("restarted");
			String topic = SharedKafka.newTopic("restarted", 1);
			new ApplicationContextRunner()
				.withPropertyValues("spring.datasource.url=" + database.jdbcUrl(),
						"spring.datasource.username=" + database.username(),
						"spring.datasource.password=" + database.password(), "test.queue=" + queue,
						"test.topic=" + topic, "spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
						"spring.kafka.consumer.auto-offset-reset=earliest", "spring.rabbitmq.host=" + rabbit.host(),
						"spring.rabbitmq.port=" + rabbit.port(), "spring.rabbitmq.username=" + rabbit.username(),
						"spring.rabbitmq.password=" + rabbit.password(),
						"spring.rabbitmq.virtual-host=" + rabbit.virtualHost())
				.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
						DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
						KafkaAutoConfiguration.class, RabbitAutoConfiguration.class, IdempotencyAutoConfiguration.class,
						JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
						KafkaIdempotencyAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class))
				.withBean(Shop.class, () -> shop)
				.run((context) -> {
					assertThat(context).hasNotFailed();
					publish(context, "rabbit:", queue, "r1");
					publish(context, "kafka:" + topic, null, "k1");
					await().atMost(PATIENCE)
						.untilAsserted(() -> assertThat(shop.received).containsExactlyInAnyOrder("r1", "k1"));
					String catalogue = context.getBean(FlowCatalogue.class).toMarkdown();
					for (String restart : List.of("2", "3")) {
						context.stop();
						context.start();
						publish(context, "rabbit:", queue, "r" + restart);
						publish(context, "kafka:" + topic, null, "k" + restart);
						await().atMost(PATIENCE)
							.untilAsserted(() -> assertThat(shop.received).contains("r" + restart, "k" + restart));
					}
					assertThat(shop.received).containsExactlyInAnyOrder("r1", "k1", "r2", "k2", "r3", "k3");
					assertThat(context.getBean(FlowCatalogue.class).toMarkdown()).isEqualTo(catalogue);
				});
		}
	}

	private static void publish(ApplicationContext context, String destination, String route, String body) {
		Outbox outbox = context.getBean(Outbox.class);
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(
				(status) -> outbox.publish(OutboxMessage.to(destination).route(route).payload("order.created", body)));
	}

	static class Shop {

		final List<String> received = new CopyOnWriteArrayList<>();

		@KafkaListener(id = "kafka-shop", topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "kafka-shop")
		public void fromKafka(String body) {
			this.received.add(body.replace("\"", ""));
		}

		@RabbitListener(id = "rabbit-shop", queues = "${test.queue}")
		@ExactlyOnceEffect(flow = "rabbit-shop")
		public void fromRabbit(String body) {
			this.received.add(body.replace("\"", ""));
		}

	}

}
