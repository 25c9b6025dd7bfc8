// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/**
 * With Kafka and PostgreSQL.
 */
@Tag("soak")
class KafkaExternalListenersIT extends AbstractExternalListeners {

	private static final Map<String, Object> SERVERS = Map.of("bootstrap.servers", SharedKafka.bootstrapServers());

	private final KafkaProducer<String, String> producer = new KafkaProducer<>(SERVERS, new StringSerializer(),
			new StringSerializer());

	private final Admin admin = Admin.create(SERVERS);

	private final Map<String, String> topics = Map.of(ExternalListenerNode.WITH_KEY, SharedKafka.newTopic("keyed", 1),
			ExternalListenerNode.AT_MOST_ONCE, SharedKafka.newTopic("once", 1));

	private final Map<String, Integer> sent = new HashMap<>();

	KafkaExternalListenersIT() {
		super(SharedPostgres.open());
	}

	@Override
	List<String> broker() {
		return List.of("--test.broker=kafka", "--spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
				"--spring.kafka.consumer.auto-offset-reset=earliest",
				"--spring.kafka.consumer.properties[session.timeout.ms]=6000",
				"--test.with-key=" + this.topics.get(ExternalListenerNode.WITH_KEY),
				"--test.at-most-once=" + this.topics.get(ExternalListenerNode.AT_MOST_ONCE));
	}

	@AfterEach
	void closeClients() {
		this.producer.close();
		this.admin.close();
	}

	@Override
	void send(String flow, String id) {
		ProducerRecord<String, String> message = new ProducerRecord<>(this.topics.get(flow), "order " + id);
		message.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
		message.headers().add("ce_source", "shop".getBytes(StandardCharsets.UTF_8));
		this.producer.send(message);
		this.producer.flush();
		this.sent.merge(flow, 1, Integer::sum);
	}

	@Override
	boolean isAcknowledged(String flow) {
		try {
			OffsetAndMetadata offset = this.admin.listConsumerGroupOffsets(flow)
				.partitionsToOffsetAndMetadata()
				.get()
				.get(new TopicPartition(this.topics.get(flow), 0));
			return offset != null && offset.offset() >= this.sent.get(flow);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

}
