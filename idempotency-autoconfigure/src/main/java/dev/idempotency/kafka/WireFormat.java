// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.OutboxRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * The Kafka binding of CloudEvents 1.0, binary mode: attributes are headers with the
 * prefix {@value #PREFIX} in UTF-8, the media type is the header {@value #CONTENT_TYPE},
 * the value is the payload as it is. The key and further headers may be bytes in the form
 * of {@link HeaderText}.
 */
final class WireFormat {

	static final String PREFIX = "ce_";

	static final String CONTENT_TYPE = "content-type";

	private WireFormat() {
	}

	static ProducerRecord<byte[], byte[]> record(OutboxRecord message) {
		byte[] key = (message.key() != null) ? HeaderText.bytes(message.key()) : null;
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(message.address(), key, message.body());
		Headers headers = record.headers();
		message.headers().forEach((name, value) -> {
			if (!isReserved(name)) {
				headers.add(name, HeaderText.bytes(value));
			}
		});
		for (Map.Entry<String, String> attribute : CloudEvents.attributes(message).entrySet()) {
			headers.add(PREFIX + attribute.getKey(), bytes(attribute.getValue()));
		}
		headers.add(CONTENT_TYPE, bytes(message.contentType()));
		return record;
	}

	/**
	 * Headers the binding writes itself. A message that is sent on with the headers it
	 * came with must not carry the identity of its cause.
	 */
	private static boolean isReserved(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.startsWith(PREFIX) || lower.equals(CONTENT_TYPE);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
