// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class KafkaSignedIdsIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final String topic = SharedKafka.newTopic("signed", 1);

	private final Shop shop = new Shop();

	@Test
	void onlySignedIdsAreBelieved() {
		runner().withBean(Shop.class, () -> this.shop).run((context) -> {
			send(context, "order-1", "unsigned", null);
			send(context, "order-1", "forged", SignedIdsApplication.signatureOfTheOldKey("shop", "order-2"));
			send(context, "order-2", "of the old key", SignedIdsApplication.signatureOfTheOldKey("shop", "order-2"));
			SignedIdsApplication.publish(context,
					OutboxMessage.to("kafka:" + this.topic).id("order-1").payload("order", "genuine"));
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(this.shop.received).containsExactly("of the old key", "genuine"));
			assertThat(SignedIdsApplication.reasonsOfParked(context)).containsExactly("NO_IDENTITY", "NO_IDENTITY");
			assertThat(SignedIdsApplication.slis(context).refused()).isEqualTo(2);
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(SignedIdsApplication.inboxRows(context)).isEqualTo(2));
		});
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.generate-unique-name=true", "test.topic=" + this.topic,
					"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
					"spring.kafka.consumer.group-id=" + this.topic, "spring.kafka.consumer.auto-offset-reset=earliest")
			.withPropertyValues(SignedIdsApplication.properties())
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, KafkaAutoConfiguration.class,
					IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class,
					OutboxAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class));
	}

	/**
	 * The expression reads the body, and what is not signed does not get so far.
	 */
	@Test
	void expressionReadsNothingOfAMessageThatIsNotSigned() {
		Keyed keyed = new Keyed();
		runner().withBean(Keyed.class, () -> keyed).run((context) -> {
			send(context, "1", "order-7", null);
			send(context, "1", "order-7", SignedIdsApplication.signatureOfTheOldKey("shop", "2"));
			send(context, "3", "order-7", SignedIdsApplication.signatureOfTheOldKey("shop", "3"));
			send(context, "4", "order-7", SignedIdsApplication.signatureOfTheOldKey("shop", "4"));
			send(context, "5", "order-8", SignedIdsApplication.signatureOfTheOldKey("shop", "5"));
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(keyed.received).containsExactly("order-7", "order-8"));
			assertThat(SignedIdsApplication.reasonsOfParked(context)).containsExactly("NO_IDENTITY", "NO_IDENTITY");
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(SignedIdsApplication.slis(context).duplicates()).isEqualTo(1));
		});
	}

	@SuppressWarnings("unchecked")
	private void send(ApplicationContext context, String id, String body, @Nullable String signature) {
		ProducerRecord<Object, Object> message = new ProducerRecord<>(this.topic, body);
		header(message, "ce_id", id);
		header(message, "ce_source", "shop");
		if (signature != null) {
			header(message, "idempotency-signature", signature);
		}
		context.getBean(KafkaTemplate.class).send(message).join();
	}

	private static void header(ProducerRecord<?, ?> message, String name, String value) {
		message.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
	}

	static class Keyed {

		final List<String> received = new CopyOnWriteArrayList<>();

		@KafkaListener(id = "signed", topics = "${test.topic}")
		@ExactlyOnceEffect(flow = SignedIdsApplication.FLOW, key = "#body")
		public void on(String body) {
			this.received.add(body);
		}

	}

	static class Shop {

		final List<String> received = new CopyOnWriteArrayList<>();

		@KafkaListener(id = "signed", topics = "${test.topic}")
		@ExactlyOnceEffect(flow = SignedIdsApplication.FLOW)
		public void on(String body) {
			this.received.add(body);
		}

	}

}
