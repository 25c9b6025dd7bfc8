// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer with the relay's durability and nobody's headers.
 */
final class KafkaPlainSender implements PlainSender {

	private final Producer<String, String> producer;

	private final List<Future<RecordMetadata>> answers = new ArrayList<>();

	KafkaPlainSender(String bootstrapServers) {
		this.producer = new KafkaProducer<>(
				Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.ACKS_CONFIG, "all",
						ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true"),
				new StringSerializer(), new StringSerializer());
	}

	@Override
	public void send(Payment payment) {
		this.answers.add(this.producer.send(new ProducerRecord<>(Topics.SENT, payment.id(), payment.json())));
	}

	@Override
	public void confirm() throws Exception {
		for (Future<RecordMetadata> answer : this.answers) {
			answer.get();
		}
	}

	@Override
	public void close() {
		this.producer.close();
	}

}
