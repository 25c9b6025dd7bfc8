// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.AMQP;
import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.SendResult;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpTimeoutException;

/**
 * A message on its way to the broker.
 */
final class Publication {

	private static final int PERSISTENT = 2;

	private static final int SHORT_STRING = 255;

	private final OutboxRecord message;

	private final CompletableFuture<SendResult> result = new CompletableFuture<>();

	private volatile @Nullable String returned;

	Publication(OutboxRecord message) {
		this.message = message;
	}

	String id() {
		return this.message.id();
	}

	String exchange() {
		return this.message.address();
	}

	String routingKey() {
		return this.message.routingKey();
	}

	byte[] body() {
		return this.message.body();
	}

	/**
	 * The properties on the wire: CloudEvents 1.0, AMQP binding, binary mode.
	 */
	AMQP.BasicProperties properties() {
		return this.message.isReplay() ? replayed() : made();
	}

	private AMQP.BasicProperties made() {
		Map<String, Object> headers = new HashMap<>(this.message.headers());
		CloudEvents.attributes(this.message)
			.forEach((name, value) -> headers.put(DeliveredMessage.CLOUD_EVENTS_PREFIX + name, value));
		return new AMQP.BasicProperties.Builder().deliveryMode(PERSISTENT)
			.messageId(this.message.id())
			.type(this.message.type())
			.contentType(this.message.contentType())
			.timestamp(Date.from(this.message.time()))
			.headers(headers)
			.build();
	}

	/**
	 * The properties of the original, but for its identity and its addressee.
	 */
	private AMQP.BasicProperties replayed() {
		Map<String, Object> headers = new HashMap<>();
		Map<String, String> attributes = new HashMap<>();
		this.message.headers().forEach((name, value) -> {
			if (DeliveredMessage.isAttribute(name)) {
				attributes.put(DeliveredMessage.attribute(name), value);
			}
			else if (!PropertyHeaders.isOfTheBroker(name)) {
				headers.put(name, value);
			}
		});
		CloudEvents.attributes(this.message, attributes)
			.forEach((name, value) -> headers.put(DeliveredMessage.CLOUD_EVENTS_PREFIX + name, value));
		return PropertyHeaders
			.write(this.message.headers(), new AMQP.BasicProperties.Builder().deliveryMode(PERSISTENT).headers(headers))
			.build();
	}

	/**
	 * Why this message can never be put on the wire.
	 * @return what is wrong, {@code null} if nothing is
	 */
	@Nullable String problem() {
		Map<String, String> shortStrings = this.message.isReplay() ? Map.of("routing key", routingKey())
				: Map.of("exchange", exchange(), "routing key", routingKey(), "id", this.message.id(), "type",
						this.message.type(), "content type", this.message.contentType());
		for (Map.Entry<String, String> entry : shortStrings.entrySet()) {
			int length = entry.getValue().getBytes(StandardCharsets.UTF_8).length;
			if (length > SHORT_STRING) {
				return "The " + entry.getKey() + " of a message to '" + this.message.destination() + "' has " + length
						+ " bytes, AMQP 0-9-1 allows " + SHORT_STRING + ". Shorten it";
			}
		}
		for (String name : new String[] { "CC", "BCC" }) {
			if (!this.message.isReplay() && this.message.headers().containsKey(name)) {
				return "Header '" + name + "' of a message to '" + this.message.destination()
						+ "' has a meaning of its own in RabbitMQ and cannot be text. Bind more queues instead";
			}
		}
		return null;
	}

	void returned(String reason) {
		this.returned = reason;
	}

	void answered(boolean taken) {
		String reason = this.returned;
		if (reason != null) {
			refused(new AmqpException("RabbitMQ has no queue for messages to exchange '" + exchange()
					+ "' with routing key '" + routingKey() + "' (" + reason
					+ "). Bind a queue to them, or correct the destination or route of the message"));
		}
		else if (taken) {
			this.result.complete(new SendResult.Confirmed());
		}
		else {
			unavailable(new AmqpException("RabbitMQ did not take a message to exchange '" + exchange()
					+ "' (negative confirmation); a queue is full or cannot store it"));
		}
	}

	void refused(RuntimeException cause) {
		this.result.complete(new SendResult.Refused(cause));
	}

	void unavailable(Exception cause) {
		this.result.complete(new SendResult.Unavailable(cause));
	}

	boolean isDone() {
		return this.result.isDone();
	}

	CompletionStage<SendResult> result(Duration timeout) {
		return this.result.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
			.exceptionally((ex) -> new SendResult.Unavailable(
					new AmqpTimeoutException("RabbitMQ did not confirm a message to exchange '" + exchange()
							+ "' within " + timeout.toMillis() + " ms", ex)));
	}

}
