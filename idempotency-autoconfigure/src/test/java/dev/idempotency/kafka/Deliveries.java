// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of the topic {@code orders} for tests.
 */
final class Deliveries {

	private Deliveries() {
	}

	static KafkaDeliveries describer() {
		PayloadEncoder encoder = (destination, payload, type) -> new PayloadEncoder.Encoded("text/plain",
				(destination + " " + payload).getBytes(StandardCharsets.UTF_8));
		return new KafkaDeliveries(encoder, encoder, ApplicationSerializers.none());
	}

	static <K, V> ConsumerRecord<K, V> record(long offset, @Nullable K key, @Nullable V value,
			Map<String, String> headers) {
		ConsumerRecord<K, V> record = new ConsumerRecord<>("orders", 0, offset, key, value);
		headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
		return record;
	}

}
