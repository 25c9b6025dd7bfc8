// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaProcessIT {

	private static final Logger logger = LoggerFactory.getLogger(KafkaProcessIT.class);

	@AutoClose
	private static final KafkaProcess kafka = timed("first start", KafkaProcess::started);

	@Test
	void confirmedRecordsSurviveKillAndRestart() throws Exception {
		kafka.createTopic("killed", 1);
		try (KafkaProducer<String, String> producer = producer()) {
			for (int i = 0; i < 100; i++) {
				send(producer, "killed", "value-" + i).get(30, TimeUnit.SECONDS);
			}
			kafka.kill9();
			assertThat(kafka.isRunning()).isFalse();
			timed("restart after kill", () -> {
				kafka.restart();
				return "";
			});
			send(producer, "killed", "value-100").get(30, TimeUnit.SECONDS);
		}
		assertThat(valuesOf("killed", 101)).hasSize(101).endsWith("value-99", "value-100");
	}

	@Test
	void orderlyRestartKeepsTopics() throws Exception {
		kafka.createTopic("restarted", 1);
		timed("orderly restart", () -> {
			kafka.restart();
			return "";
		});
		try (KafkaProducer<String, String> producer = producer()) {
			send(producer, "restarted", "value").get(30, TimeUnit.SECONDS);
		}
		assertThat(valuesOf("restarted", 1)).containsExactly("value");
	}

	@Test
	void pausedBrokerConfirmsNothingUntilItIsResumed() throws Exception {
		kafka.createTopic("paused", 1);
		try (KafkaProducer<String, String> producer = producer()) {
			send(producer, "paused", "before").get(30, TimeUnit.SECONDS);
			kafka.pause();
			Future<RecordMetadata> during = send(producer, "paused", "during");
			try {
				Awaitility.await().during(Duration.ofMillis(500)).until(() -> !during.isDone());
			}
			finally {
				kafka.resume();
			}
			during.get(30, TimeUnit.SECONDS);
		}
		assertThat(valuesOf("paused", 2)).containsExactly("before", "during");
	}

	private static Future<RecordMetadata> send(KafkaProducer<String, String> producer, String topic, String value) {
		return producer.send(new ProducerRecord<>(topic, value));
	}

	private static KafkaProducer<String, String> producer() {
		return new KafkaProducer<>(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
				new StringSerializer(), new StringSerializer());
	}

	private static List<String> valuesOf(String topic, int count) {
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
				Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()), new StringDeserializer(),
				new StringDeserializer())) {
			TopicPartition partition = new TopicPartition(topic, 0);
			consumer.assign(List.of(partition));
			consumer.seekToBeginning(List.of(partition));
			List<String> values = new ArrayList<>();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
				consumer.poll(Duration.ofMillis(100))
					.forEach((ConsumerRecord<String, String> record) -> values.add(record.value()));
				return values.size() >= count;
			});
			return values;
		}
	}

	private static <T> T timed(String what, Supplier<T> action) {
		long start = System.nanoTime();
		T result = action.get();
		logger.info("Kafka {}: {} ms", what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
		return result;
	}

}
