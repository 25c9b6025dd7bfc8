// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.Collection;

import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;

class KafkaDuplicateMessagesIT extends AbstractDuplicateMessages {

	private final String topic = SharedKafka.newTopic("duplicates", 2);

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

	@Override
	ApplicationContextRunner broker(ApplicationContextRunner runner) {
		return runner
			.withPropertyValues("test.topic=" + this.topic,
					"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
					"spring.kafka.consumer.group-id=" + this.topic, "spring.kafka.consumer.auto-offset-reset=earliest",
					"spring.kafka.listener.concurrency=2")
			.withConfiguration(
					AutoConfigurations.of(KafkaAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class))
			.withBean(Shop.class, () -> new Shop(this.handling));
	}

	@Override
	boolean ready(ApplicationContext context) {
		return context.getBean(KafkaListenerEndpointRegistry.class)
			.getListenerContainer(FLOW) instanceof ConcurrentMessageListenerContainer<?, ?> listener
				&& listener.getContainers().stream().allMatch((each) -> assigned(each) == 1);
	}

	private static int assigned(MessageListenerContainer container) {
		Collection<TopicPartition> partitions = container.getAssignedPartitions();
		return (partitions != null) ? partitions.size() : 0;
	}

	@Override
	@SuppressWarnings("unchecked")
	void send(ApplicationContext context, int consumer, String source, String body) {
		ProducerRecord<Object, Object> message = new ProducerRecord<>(this.topic, consumer, null, body);
		message.headers().add("ce_id", "42".getBytes(StandardCharsets.UTF_8));
		message.headers().add("ce_source", source.getBytes(StandardCharsets.UTF_8));
		context.getBean(KafkaTemplate.class).send(message).join();
	}

	static class Shop {

		private final Handling handling;

		Shop(Handling handling) {
			this.handling = handling;
		}

		@KafkaListener(id = FLOW, topics = "${test.topic}")
		@ExactlyOnceEffect(flow = FLOW)
		public void on(String body) throws InterruptedException {
			this.handling.handle(body);
		}

	}

}
