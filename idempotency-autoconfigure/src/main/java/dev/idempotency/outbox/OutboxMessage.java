// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A message to be sent.
 *
 * @param destination transport and address, for instance {@code kafka:orders} or
 * {@code rabbit:orders-exchange}
 * @param route routing key on RabbitMQ, {@code null} elsewhere or to use the key
 * @param key what order is kept by; also the record key on Kafka. {@code null} for no
 * order
 * @param type event type, CloudEvents {@code type}
 * @param id id chosen by the caller, {@code null} to have one made
 * @param headers further headers, sent as they are; those of CloudEvents, the content
 * type and the flow of a replay are left out, since the outbox writes its own. On Kafka a
 * value that begins with {@code base64:} is sent as the bytes it stands for
 * @param payload bytes and strings are sent as they are, anything else is converted
 * @param contentType media type of the payload, {@code null} to let the conversion say
 */
public record OutboxMessage(String destination, @Nullable String route, @Nullable String key, String type,
		@Nullable String id, Map<String, String> headers, Object payload, @Nullable String contentType) {

	public OutboxMessage {
		Objects.requireNonNull(payload, "payload");
		requireText("destination", destination);
		requireText("type", type);
		headers = Map.copyOf(headers);
	}

	/**
	 * Begins a message.
	 * @param destination transport and address
	 * @return a builder
	 */
	public static Builder to(String destination) {
		return new Builder(destination);
	}

	private static void requireText(String name, @Nullable String value) {
		if (value == null || value.isBlank()) {
			throw new IllegalArgumentException("The " + name + " of an outbox message must not be blank");
		}
	}

	/**
	 * Collects what a message is made of.
	 */
	public static final class Builder {

		private final String destination;

		private final Map<String, String> headers = new LinkedHashMap<>();

		private @Nullable String route;

		private @Nullable String key;

		private @Nullable String id;

		private @Nullable String contentType;

		private Builder(String destination) {
			this.destination = destination;
		}

		/**
		 * Sets the routing key.
		 * @param route the routing key
		 * @return this builder
		 */
		public Builder route(String route) {
			this.route = route;
			return this;
		}

		/**
		 * Sets what order is kept by.
		 * @param key the key
		 * @return this builder
		 */
		public Builder key(String key) {
			this.key = key;
			return this;
		}

		/**
		 * Sets an id of the caller's own, unique within the application.
		 * @param id the id
		 * @return this builder
		 */
		public Builder id(String id) {
			this.id = id;
			return this;
		}

		/**
		 * Adds a header.
		 * @param name its name
		 * @param value its value
		 * @return this builder
		 */
		public Builder header(String name, String value) {
			this.headers.put(name, value);
			return this;
		}

		/**
		 * Sets the media type of the payload.
		 * @param contentType the media type
		 * @return this builder
		 */
		public Builder contentType(String contentType) {
			this.contentType = contentType;
			return this;
		}

		/**
		 * Completes the message.
		 * @param type event type
		 * @param payload the payload
		 * @return the message
		 */
		public OutboxMessage payload(String type, Object payload) {
			return new OutboxMessage(this.destination, this.route, this.key, type, this.id, this.headers, payload,
					this.contentType);
		}

	}

}
