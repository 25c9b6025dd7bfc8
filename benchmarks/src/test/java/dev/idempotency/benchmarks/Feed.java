// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.idempotency.outbox.StreamPosition;
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
		long before = end(topic);
		IntStream.range(0, payments.size())
			.mapToObj((at) -> this.kafka.send(record(topic, payments.get(at), before + at + 1)))
			.toList()
			.forEach((sent) -> sent.join());
		this.ends.merge(topic, (long) payments.size(), Long::sum);
	}

	long end(String topic) {
		return this.ends.getOrDefault(topic, 0L);
	}

	private static ProducerRecord<String, String> record(String topic, Payment payment, long number) {
		ProducerRecord<String, String> record = new ProducerRecord<>(topic, payment.id(), payment.json());
		if (!topic.equals(Topics.OFFSETS) && !topic.equals(Topics.OFFSET_BATCHES)) {
			header(record, "id", payment.id());
			header(record, "source", "/benchmarks");
		}
		if (topic.equals(Topics.NUMBERED) || topic.equals(Topics.NUMBERED_BATCHES)) {
			new StreamPosition("0/kafka:" + topic + "/0", "1", number).attributes()
				.forEach((name, text) -> header(record, name, text));
		}
		return record;
	}

	private static void header(ProducerRecord<String, String> record, String attribute, String text) {
		record.headers().add("ce_" + attribute, text.getBytes(StandardCharsets.UTF_8));
	}

}
