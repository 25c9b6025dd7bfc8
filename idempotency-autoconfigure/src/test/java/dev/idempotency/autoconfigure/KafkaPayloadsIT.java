// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.delivery.ParkedMessage;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.support.serializer.JacksonJsonDeserializer;
import org.springframework.kafka.support.serializer.JacksonJsonSerializer;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class KafkaPayloadsIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final String topic = SharedKafka.newTopic("payloads", 1);

	private final Shop shop = new Shop();

	private final Lot lot = new Lot();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "test.topic=" + this.topic,
				"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
				"spring.kafka.producer.value-serializer=" + JacksonJsonSerializer.class.getName(),
				"spring.kafka.consumer.value-deserializer=" + JacksonJsonDeserializer.class.getName(),
				"spring.kafka.consumer.properties[spring.json.trusted.packages]=dev.idempotency.autoconfigure",
				"spring.kafka.consumer.group-id=" + this.topic, "spring.kafka.consumer.auto-offset-reset=earliest",
				"idempotency.retry.max-attempts=1")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				KafkaAutoConfiguration.class, IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class,
				JsonAutoConfiguration.class, OutboxAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class))
		.withBean(Shop.class, () -> this.shop)
		.withBean(ParkingLot.class, () -> this.lot);

	@Test
	void listenerReadsWhatTheApplicationsSerializerWrote() {
		this.runner.run((context) -> {
			publish(context);
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(this.shop.received).containsExactly(new OrderCreated("o-1", 3)));
		});
	}

	@Test
	void messageSetAsideIsReadLikeTheFirstTime() {
		this.shop.broken = true;
		this.runner.run((context) -> {
			publish(context);
			await().atMost(TIMEOUT).until(() -> !this.lot.parked.isEmpty());
			ParkedMessage parked = this.lot.parked.get(0);
			Headers headers = new RecordHeaders();
			parked.headers().forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
			try (Deserializer<Object> reader = new JacksonJsonDeserializer<>()) {
				ConsumerFactory<?, ?> consumers = context.getBean(ConsumerFactory.class);
				reader.configure(consumers.getConfigurationProperties(), false);
				assertThat(reader.deserialize(this.topic, headers, parked.body()))
					.isEqualTo(new OrderCreated("o-1", 3));
			}
		});
	}

	private void publish(ApplicationContext context) {
		Outbox outbox = context.getBean(Outbox.class);
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> outbox
				.publish(OutboxMessage.to("kafka:" + this.topic).payload("order.created", new OrderCreated("o-1", 3))));
	}

	public record OrderCreated(String id, int quantity) {
	}

	static class Shop {

		final List<Object> received = new CopyOnWriteArrayList<>();

		private volatile boolean broken;

		@KafkaListener(id = "shop", topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "shop")
		void on(OrderCreated order) {
			if (this.broken) {
				throw new IllegalStateException("sold out");
			}
			this.received.add(order);
		}

	}

	private static final class Lot implements ParkingLot, ParkedMessages {

		final List<ParkedMessage> parked = new CopyOnWriteArrayList<>();

		@Override
		public void park(ParkedMessage message) {
			this.parked.add(message);
		}

		@Override
		public List<Entry> newest(int limit) {
			return List.of();
		}

		@Override
		public Map<String, Long> counts(int cap) {
			return Map.of();
		}

	}

}
