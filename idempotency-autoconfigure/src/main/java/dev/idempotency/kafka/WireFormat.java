// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.OutboxRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka binding of CloudEvents 1.0, binary mode: attributes are headers with the
 * prefix {@value #PREFIX} in UTF-8, the media type is the header {@value #CONTENT_TYPE},
 * the value is the payload as it is. The key and further headers may be bytes in the form
 * of {@link HeaderText}.
 */
final class WireFormat {

	static final String PREFIX = "ce_";

	static final String CONTENT_TYPE = "content-type";

	/** Header names of the attributes, which are few and the same for every message. */
	private static final ConcurrentMap<String, String> NAMES = new ConcurrentHashMap<>();

	private static final int ATTRIBUTES = 12;

	private WireFormat() {
	}

	/**
	 * The record of a message.
	 * @param partition where it goes, {@code null} to let the producer choose
	 */
	static ProducerRecord<byte[], byte[]> record(OutboxRecord message, @Nullable Integer partition) {
		return message.isReplay() ? replay(message) : event(message, partition);
	}

	private static ProducerRecord<byte[], byte[]> event(OutboxRecord message, @Nullable Integer partition) {
		byte[] key = (message.key() != null) ? HeaderText.bytes(message.key()) : null;
		List<Header> headers = new ArrayList<>(ATTRIBUTES + message.headers().size());
		message.headers().forEach((name, value) -> headers.add(new RecordHeader(name, HeaderText.bytes(value))));
		CloudEvents.attributes(message, (name, value) -> headers.add(attribute(name, value)));
		headers.add(new RecordHeader(CONTENT_TYPE, bytes(message.contentType())));
		return new ProducerRecord<>(message.address(), partition, key, message.isHeartbeat() ? null : message.body(),
				new RecordHeaders(headers.toArray(Header[]::new)));
	}

	private static Header attribute(String name, String value) {
		return new RecordHeader(NAMES.computeIfAbsent(name, PREFIX::concat), bytes(value));
	}

	/**
	 * The original as it was, but for its identity and its addressee.
	 */
	private static ProducerRecord<byte[], byte[]> replay(OutboxRecord message) {
		byte[] key = (message.key() != null) ? HeaderText.bytes(message.key()) : null;
		boolean tombstone = message.headers().containsKey(HeaderText.TOMBSTONE);
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(message.address(), key,
				tombstone ? null : message.body());
		Headers headers = record.headers();
		Map<String, String> attributes = new HashMap<>();
		message.headers().forEach((name, value) -> {
			if (name.startsWith(PREFIX)) {
				attributes.put(name.substring(PREFIX.length()), value);
			}
			else if (!name.equals(HeaderText.TOMBSTONE)) {
				headers.add(name, HeaderText.bytes(value));
			}
		});
		CloudEvents.attributes(message, attributes)
			.forEach((name, value) -> headers.add(PREFIX + name, HeaderText.bytes(value)));
		return record;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
