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
import dev.idempotency.delivery.Delivery.Original;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.retrytopic.RetryTopicHeaders;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.serializer.DeserializationException;

/**
 * Describes Kafka records as deliveries.
 */
public final class KafkaDeliveries {

	private static final Logger logger = LoggerFactory.getLogger(KafkaDeliveries.class);

	private static final byte[] NOTHING = {};

	/**
	 * Written by whoever copies a record to a retry or dead-letter topic, where it gets
	 * another position.
	 */
	private static final Set<String> COPIED = Set.of(RetryTopicHeaders.DEFAULT_HEADER_ATTEMPTS,
			RetryTopicHeaders.DEFAULT_HEADER_ORIGINAL_TIMESTAMP, KafkaHeaders.ORIGINAL_OFFSET,
			KafkaHeaders.DLT_ORIGINAL_OFFSET);

	private final PayloadEncoder encoder;

	private final PayloadEncoder otherwise;

	private final ApplicationSerializers serializers;

	/**
	 * Creates a describer.
	 * @param encoder writes values that were deserialized to objects, when a message is
	 * set aside
	 * @param otherwise writes those it refuses: a topic that is only read may be written
	 * by others in another form
	 * @param serializers write keys that were deserialized to objects
	 */
	public KafkaDeliveries(PayloadEncoder encoder, PayloadEncoder otherwise, ApplicationSerializers serializers) {
		this.encoder = encoder;
		this.otherwise = otherwise;
		this.serializers = serializers;
	}

	Delivery of(ConsumerRecord<?, ?> record, boolean redelivered) {
		Map<String, String> headers = HeaderText.of(record.headers());
		if (record.value() == null) {
			headers.put(HeaderText.TOMBSTONE, "true");
		}
		return delivery(partition(record), record.offset(), key(record.key()), headers, record.value(),
				() -> original(record, headers), redelivered);
	}

	/**
	 * A record whose key or value an {@code ErrorHandlingDeserializer} could not read.
	 */
	Delivery unreadable(ConsumerRecord<?, ?> record, DeserializationException failure, boolean redelivered) {
		Map<String, String> headers = HeaderText.of(record.headers());
		Object key = failure.isKey() ? failure.getData() : record.key();
		Supplier<Original> original = failure.isKey() ? () -> original(record, headers)
				: () -> new Original(writtenKey(record.topic(), record.key()), Map.of(), orNothing(failure.getData()));
		return delivery(partition(record), record.offset(), key(key), headers, null, original, redelivered);
	}

	/**
	 * A record the consumer itself could not read.
	 */
	Delivery unreadable(RecordDeserializationException failure, boolean redelivered) {
		byte[] key = bytes(failure.keyBuffer());
		byte[] value = bytes(failure.valueBuffer());
		return delivery(failure.topicPartition(), failure.offset(), key(key), HeaderText.of(failure.headers()), null,
				() -> new Original(orNothing(value)), redelivered);
	}

	private static Delivery delivery(TopicPartition partition, long offset, @Nullable String key,
			Map<String, String> headers, @Nullable Object content, Supplier<Original> original, boolean redelivered) {
		Map<String, String> attributes = new HashMap<>();
		boolean copied = false;
		for (Map.Entry<String, String> header : headers.entrySet()) {
			String name = header.getKey();
			if (name.startsWith(WireFormat.PREFIX)) {
				attributes.put(name.substring(WireFormat.PREFIX.length()), header.getValue());
			}
			else {
				copied = copied || COPIED.contains(name);
			}
		}
		return new Delivery(KafkaTransport.NAME, partition.topic(), partition + "@" + offset, !copied, null, key,
				headers, attributes, content, original, redelivered);
	}

	private Original original(ConsumerRecord<?, ?> record, Map<String, String> headers) {
		String key = writtenKey(record.topic(), record.key());
		byte[] bytes = bytes(record.value());
		if (bytes != null || record.value() == null) {
			return new Original(key, Map.of(), orNothing(bytes));
		}
		PayloadEncoder.Encoded written = write(KafkaTransport.NAME + ":" + record.topic(), record.value(),
				headers.get(WireFormat.CONTENT_TYPE));
		return new Original(key, written.headers(), written.body());
	}

	private PayloadEncoder.Encoded write(String destination, Object value, @Nullable String contentType) {
		try {
			return this.encoder.encode(destination, value, contentType);
		}
		catch (OutboxException ex) {
			logger.warn("A message of {} is set aside in another form than its consumer read", destination, ex);
			return this.otherwise.encode(destination, value, contentType);
		}
	}

	private @Nullable String writtenKey(String topic, @Nullable Object key) {
		byte[] written = (key != null && bytes(key) == null) ? this.serializers.key(topic, key) : null;
		return (written != null) ? HeaderText.of(written) : null;
	}

	private static byte @Nullable [] bytes(@Nullable Object value) {
		if (value instanceof byte[] bytes) {
			return bytes;
		}
		if (value instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		if (value instanceof Bytes bytes) {
			return bytes.get();
		}
		return (value instanceof ByteBuffer buffer) ? bytes(buffer) : null;
	}

	private static byte[] orNothing(byte @Nullable [] bytes) {
		return (bytes != null) ? bytes : NOTHING;
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
		byte[] bytes = bytes(key);
		return (bytes != null) ? HeaderText.of(bytes) : HeaderText.of(key.toString());
	}

	private static TopicPartition partition(ConsumerRecord<?, ?> record) {
		return new TopicPartition(record.topic(), record.partition());
	}

}
