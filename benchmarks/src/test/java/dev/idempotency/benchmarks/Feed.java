// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.ProducerRecord;

import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends payments as events and knows where each topic ends.
 */
final class Feed {

	private final KafkaTemplate<String, String> kafka;

	private final Map<String, Long> ends = new HashMap<>();

	@SuppressWarnings("unchecked")
	Feed(Environment environment) {
		this.kafka = environment.bean(KafkaTemplate.class);
	}

	void send(String topic, List<Payment> payments) {
		payments.stream()
			.map((payment) -> this.kafka.send(record(topic, payment)))
			.toList()
			.forEach((sent) -> sent.join());
		this.ends.merge(topic, (long) payments.size(), Long::sum);
	}

	long end(String topic) {
		return this.ends.getOrDefault(topic, 0L);
	}

	private static ProducerRecord<String, String> record(String topic, Payment payment) {
		ProducerRecord<String, String> record = new ProducerRecord<>(topic, payment.id(), payment.json());
		record.headers().add("ce_id", payment.id().getBytes(StandardCharsets.UTF_8));
		record.headers().add("ce_source", "/benchmarks".getBytes(StandardCharsets.UTF_8));
		return record;
	}

}
