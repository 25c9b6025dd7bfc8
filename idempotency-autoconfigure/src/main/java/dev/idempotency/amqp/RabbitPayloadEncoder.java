// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.PayloadEncoder;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.converter.MessageConverter;

/**
 * Encodes payloads with the application's message converter, so that its listeners read
 * them; bytes and text pass as they are. Of the properties the converter sets the media
 * type and the headers travel with the message.
 */
public final class RabbitPayloadEncoder implements PayloadEncoder {

	private final MessageConverter converter;

	/**
	 * Creates an encoder.
	 * @param converter the application's converter
	 */
	public RabbitPayloadEncoder(MessageConverter converter) {
		this.converter = converter;
	}

	@Override
	public Encoded encode(String destination, Object payload, @Nullable String contentType) {
		Encoded plain = Encoded.plain(payload, contentType);
		if (plain != null) {
			return plain;
		}
		MessageProperties wanted = new MessageProperties();
		if (contentType != null) {
			wanted.setContentType(contentType);
		}
		Message message;
		try {
			message = this.converter.toMessage(payload, wanted);
		}
		catch (RuntimeException ex) {
			throw refusal(destination, payload, String.valueOf(ex.getMessage()), ex);
		}
		MessageProperties properties = message.getMessageProperties();
		requireUtf8(destination, payload, properties.getContentEncoding());
		return new Encoded((contentType != null) ? contentType : properties.getContentType(), message.getBody(),
				headers(destination, payload, properties));
	}

	/**
	 * The content encoding is not sent, so it must be the one readers assume.
	 */
	private void requireUtf8(String destination, Object payload, @Nullable String encoding) {
		if (encoding != null && !encoding.equalsIgnoreCase(StandardCharsets.UTF_8.name())) {
			throw refusal(destination, payload, "its content encoding is '" + encoding + "' and must be UTF-8", null);
		}
	}

	private Map<String, String> headers(String destination, Object payload, MessageProperties properties) {
		Map<String, String> headers = new HashMap<>();
		properties.getHeaders().forEach((name, value) -> {
			if (value instanceof CharSequence text) {
				headers.put(name, text.toString());
			}
			else if (value != null) {
				throw refusal(destination, payload,
						"its header '" + name + "' is no text but " + value.getClass().getName(), null);
			}
		});
		return headers;
	}

	private OutboxException refusal(String destination, Object payload, String reason, @Nullable Throwable cause) {
		return new OutboxException("Payload of type " + payload.getClass().getName() + " for '" + destination
				+ "' cannot be written by the application's MessageConverter " + this.converter.getClass().getName()
				+ ": " + reason + ". Pass what it takes, or bytes or text, correct the MessageConverter bean, or give "
				+ "the application a PayloadEncoder bean", cause);
	}

}
