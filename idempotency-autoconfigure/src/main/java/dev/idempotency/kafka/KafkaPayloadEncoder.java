// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Map;
import java.util.Set;

import dev.idempotency.outbox.Destinations;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes payloads with the application's own serializer, so that its deserializers read
 * them; bytes and text pass as they are. Headers the serializer adds travel with the
 * message.
 */
public final class KafkaPayloadEncoder implements PayloadEncoder {

	private static final Set<String> JSON = Set.of("org.springframework.kafka.support.serializer.JacksonJsonSerializer",
			"org.springframework.kafka.support.serializer.JsonSerializer");

	private final Serializer<Object> serializer;

	private final String defaultType;

	KafkaPayloadEncoder(Serializer<Object> serializer) {
		this.serializer = serializer;
		this.defaultType = writesJson(serializer.getClass()) ? "application/json" : "application/octet-stream";
	}

	private static boolean writesJson(Class<?> type) {
		Class<?> parent = type.getSuperclass();
		return JSON.contains(type.getName()) || (parent != null && writesJson(parent));
	}

	@Override
	public Encoded encode(String destination, Object payload, @Nullable String contentType) {
		Encoded plain = Encoded.plain(payload, contentType);
		if (plain != null) {
			return plain;
		}
		Headers headers = new RecordHeaders();
		byte[] body = serialize(destination, payload, headers);
		Map<String, String> text = HeaderText.of(headers);
		String written = text.remove(WireFormat.CONTENT_TYPE);
		String type = (written != null) ? written : this.defaultType;
		return new Encoded((contentType != null) ? contentType : type, body, text);
	}

	private byte[] serialize(String destination, Object payload, Headers headers) {
		byte[] body;
		try {
			body = this.serializer.serialize(Destinations.address(destination), headers, payload);
		}
		catch (RuntimeException ex) {
			throw refusal(destination, payload, String.valueOf(ex.getMessage()), ex);
		}
		if (body == null) {
			throw refusal(destination, payload, "it wrote nothing", null);
		}
		return body;
	}

	private OutboxException refusal(String destination, Object payload, String reason, @Nullable Throwable cause) {
		return new OutboxException("Payload of type " + payload.getClass().getName() + " for '" + destination
				+ "' cannot be written by the application's Kafka serializer " + this.serializer.getClass().getName()
				+ ": " + reason + ". Pass what it takes, or bytes or text, correct the value serializer of the "
				+ "ProducerFactory (spring.kafka.producer.value-serializer), or give the application a "
				+ "PayloadEncoder bean", cause);
	}

}
