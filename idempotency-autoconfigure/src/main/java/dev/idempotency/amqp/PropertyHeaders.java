// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

import com.rabbitmq.client.AMQP;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageProperties;

/**
 * The properties a listener may need, as headers beside those of the message, so that
 * they are kept with a message set aside and are there again when it is replayed.
 */
final class PropertyHeaders {

	private static final String CONTENT_TYPE = "content-type";

	private static final String PREFIX = "amqp-";

	private static final String CONTENT_ENCODING = PREFIX + "content-encoding";

	private static final String MESSAGE_ID = PREFIX + "message-id";

	private static final String TYPE = PREFIX + "type";

	private static final String CORRELATION_ID = PREFIX + "correlation-id";

	private static final String REPLY_TO = PREFIX + "reply-to";

	private static final String APP_ID = PREFIX + "app-id";

	private static final Set<String> PROPERTIES = Set.of(CONTENT_TYPE, CONTENT_ENCODING, MESSAGE_ID, TYPE,
			CORRELATION_ID, REPLY_TO, APP_ID);

	private static final Set<String> BROKERS_OWN = Set.of("cc", "bcc", "x-delivery-count", "x-acquired-count",
			"x-stream-offset");

	private PropertyHeaders() {
	}

	static void read(MessageProperties properties, Map<String, String> headers) {
		put(headers, CONTENT_TYPE, properties.getContentType());
		put(headers, CONTENT_ENCODING, properties.getContentEncoding());
		put(headers, MESSAGE_ID, properties.getMessageId());
		put(headers, TYPE, properties.getType());
		put(headers, CORRELATION_ID, properties.getCorrelationId());
		put(headers, REPLY_TO, properties.getReplyTo());
		put(headers, APP_ID, properties.getAppId());
	}

	private static void put(Map<String, String> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
	}

	static AMQP.BasicProperties.Builder write(Map<String, String> headers, AMQP.BasicProperties.Builder properties) {
		return properties.contentType(headers.get(CONTENT_TYPE))
			.contentEncoding(headers.get(CONTENT_ENCODING))
			.messageId(headers.get(MESSAGE_ID))
			.type(headers.get(TYPE))
			.correlationId(headers.get(CORRELATION_ID))
			.replyTo(headers.get(REPLY_TO))
			.appId(headers.get(APP_ID));
	}

	/**
	 * Whether a header must not be sent again as one: it is a property, or the broker
	 * writes it and would not understand it as text.
	 */
	static boolean isOfTheBroker(String header) {
		String name = header.toLowerCase(Locale.ROOT);
		return PROPERTIES.contains(name) || name.startsWith("x-death") || name.startsWith("x-first-death")
				|| name.startsWith("x-last-death") || BROKERS_OWN.contains(name);
	}

}
