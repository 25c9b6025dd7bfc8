// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.retrytopic.RetryTopicHeaders;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.serializer.DeserializationException;

/**
 * Describes Kafka records as deliveries.
 */
public final class KafkaDeliveries {

	private static final byte[] NOTHING = {};

	/**
	 * Written by whoever copies a record to a retry or dead-letter topic, where it gets
	 * another position.
	 */
	private static final Set<String> COPIED = Set.of(RetryTopicHeaders.DEFAULT_HEADER_ATTEMPTS,
			RetryTopicHeaders.DEFAULT_HEADER_ORIGINAL_TIMESTAMP, KafkaHeaders.ORIGINAL_OFFSET,
			KafkaHeaders.DLT_ORIGINAL_OFFSET);

	private final PayloadEncoder encoder;

	/**
	 * Creates a describer.
	 * @param encoder writes values that were deserialized to objects, when a message is
	 * set aside
	 */
	public KafkaDeliveries(PayloadEncoder encoder) {
		this.encoder = encoder;
	}

	Delivery of(ConsumerRecord<?, ?> record, boolean redelivered) {
		Map<String, String> headers = HeaderText.of(record.headers());
		return delivery(partition(record), record.offset(), key(record.key()), headers, record.value(),
				() -> bytes(record.topic(), record.value(), headers.get(WireFormat.CONTENT_TYPE)), redelivered);
	}

	/**
	 * A record whose key or value an {@code ErrorHandlingDeserializer} could not read.
	 */
	Delivery unreadable(ConsumerRecord<?, ?> record, DeserializationException failure, boolean redelivered) {
		Map<String, String> headers = HeaderText.of(record.headers());
		Object key = failure.isKey() ? failure.getData() : record.key();
		Supplier<byte[]> body = failure.isKey()
				? () -> bytes(record.topic(), record.value(), headers.get(WireFormat.CONTENT_TYPE))
				: () -> (failure.getData() != null) ? failure.getData() : NOTHING;
		return delivery(partition(record), record.offset(), key(key), headers, null, body, redelivered);
	}

	/**
	 * A record the consumer itself could not read.
	 */
	Delivery unreadable(RecordDeserializationException failure, boolean redelivered) {
		byte[] key = bytes(failure.keyBuffer());
		byte[] value = bytes(failure.valueBuffer());
		return delivery(failure.topicPartition(), failure.offset(), key(key), HeaderText.of(failure.headers()), null,
				() -> (value != null) ? value : NOTHING, redelivered);
	}

	private static Delivery delivery(TopicPartition partition, long offset, @Nullable String key,
			Map<String, String> headers, @Nullable Object content, Supplier<byte[]> body, boolean redelivered) {
		Map<String, String> attributes = new HashMap<>();
		headers.forEach((name, value) -> {
			if (name.startsWith(WireFormat.PREFIX)) {
				attributes.put(name.substring(WireFormat.PREFIX.length()), value);
			}
		});
		boolean copied = headers.keySet().stream().anyMatch(COPIED::contains);
		return new Delivery("kafka", partition.topic(), partition + "@" + offset, !copied, null, key, headers,
				attributes, content, body, redelivered);
	}

	private byte[] bytes(String topic, @Nullable Object value, @Nullable String contentType) {
		if (value == null) {
			return NOTHING;
		}
		if (value instanceof byte[] bytes) {
			return bytes;
		}
		if (value instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		if (value instanceof Bytes bytes) {
			return bytes.get();
		}
		byte[] buffered = (value instanceof ByteBuffer buffer) ? bytes(buffer) : null;
		return (buffered != null) ? buffered : this.encoder.encode("kafka:" + topic, value, contentType).body();
	}

	private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
		if (buffer == null) {
			return null;
		}
		ByteBuffer copy = buffer.duplicate();
		byte[] bytes = new byte[copy.remaining()];
		copy.get(bytes);
		return bytes;
	}

	private static @Nullable String key(@Nullable Object key) {
		if (key == null) {
			return null;
		}
		return (key instanceof byte[] bytes) ? HeaderText.of(bytes) : HeaderText.of(key.toString());
	}

	private static TopicPartition partition(ConsumerRecord<?, ?> record) {
		return new TopicPartition(record.topic(), record.partition());
	}

}
