// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import dev.idempotency.relay.SendResult;
import dev.idempotency.testing.KafkaProcess;
import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class KafkaTransportIT {

	@Test
	void missingTopicIsAnOutageThatEndsWhenItIsCreated() {
		String topic = "late-" + UUID.randomUUID();
		try (KafkaTransport transport = transport(Map.of("max.block.ms", 500))) {
			assertThat(send(transport, topic, "{}")).isInstanceOf(SendResult.Unavailable.class);
			KafkaTopic.create(topic);
			await().atMost(Duration.ofSeconds(30))
				.until(() -> send(transport, topic, "{}") instanceof SendResult.Confirmed);
		}
	}

	@Test
	void missingTopicDoesNotHoldUpOthers() throws Exception {
		String there = SharedKafka.newTopic("there", 1);
		try (KafkaTransport transport = transport(Map.of("max.block.ms", 5000))) {
			assertThat(send(transport, there, "{}")).isInstanceOf(SendResult.Confirmed.class);
			Thread blocked = new Thread(() -> send(transport, "missing-" + UUID.randomUUID(), "{}"));
			blocked.start();
			await().atMost(Duration.ofSeconds(4))
				.until(() -> blocked.getState() == Thread.State.TIMED_WAITING
						|| blocked.getState() == Thread.State.WAITING);
			assertThat(send(transport, there, "{}")).isInstanceOf(SendResult.Confirmed.class);
			assertThat(blocked.isAlive()).isTrue();
			blocked.join();
		}
	}

	@Test
	void messageThatIsTooLargeIsRefused() {
		String topic = SharedKafka.newTopic("large", 1);
		try (KafkaTransport transport = transport(Map.of())) {
			assertThat(send(transport, topic, "x".repeat(2_000_000))).isInstanceOfSatisfying(SendResult.Refused.class,
					(refused) -> assertThat(refused.cause()).isInstanceOf(RecordTooLargeException.class));
			assertThat(send(transport, topic, "{}")).isInstanceOf(SendResult.Confirmed.class);
		}
	}

	@Test
	void brokerMayGoAndComeBack() {
		try (KafkaProcess kafka = KafkaProcess.started();
				KafkaTransport transport = new KafkaTransport(Map.of("bootstrap.servers", kafka.bootstrapServers(),
						"delivery.timeout.ms", 3000, "max.block.ms", 500))) {
			kafka.createTopic("orders", 1);
			assertThat(send(transport, "orders", "1")).isInstanceOf(SendResult.Confirmed.class);
			kafka.kill9();
			assertThat(send(transport, "orders", "2")).isInstanceOf(SendResult.Unavailable.class);
			kafka.start();
			await().atMost(Duration.ofSeconds(60))
				.until(() -> send(transport, "orders", "2") instanceof SendResult.Confirmed);
		}
	}

	private static KafkaTransport transport(Map<String, Object> properties) {
		Map<String, Object> all = new HashMap<>(properties);
		all.put("bootstrap.servers", SharedKafka.bootstrapServers());
		return new KafkaTransport(all);
	}

	private static SendResult send(KafkaTransport transport, String topic, String body) {
		return transport.send(Outgoing.to(topic, "k", Map.of(), body)).toCompletableFuture().join();
	}

}
