// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.outbox.CloudEvents;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/**
 * Reads a delivered message.
 */
final class DeliveredMessage {

	static final String CLOUD_EVENTS_PREFIX = "cloudEvents:";

	/** The header every message of an outbox carries. */
	static final String EVENT_ID = CLOUD_EVENTS_PREFIX + CloudEvents.ID;

	private static final String OTHER_CLOUD_EVENTS_PREFIX = "cloudEvents_";

	private DeliveredMessage() {
	}

	/**
	 * The message as a delivery. AMQP numbers deliveries per channel and starts anew on
	 * every channel, so a position names no message again: it is made unique.
	 * @param message what the container received
	 * @return the delivery
	 */
	static Delivery read(Message message) {
		MessageProperties properties = message.getMessageProperties();
		Map<String, String> headers = new HashMap<>();
		Map<String, String> attributes = new HashMap<>();
		properties.getHeaders().forEach((name, value) -> {
			if (value == null) {
				return;
			}
			if (isAttribute(name)) {
				attributes.put(attribute(name), value.toString());
			}
			headers.put(name, value.toString());
		});
		PropertyHeaders.read(properties, headers);
		String queue = Objects.requireNonNullElse(properties.getConsumerQueue(), "");
		String position = queue + "#" + properties.getDeliveryTag() + "@" + properties.getConsumerTag() + "~"
				+ Integer.toHexString(ThreadLocalRandom.current().nextInt());
		byte[] body = message.getBody();
		return new Delivery(RabbitTransport.NAME, queue, position, false, properties.getMessageId(),
				properties.getReceivedRoutingKey(), headers, attributes, body, () -> new Delivery.Original(body),
				Boolean.TRUE.equals(properties.getRedelivered()));
	}

	static boolean isAttribute(String header) {
		return header.startsWith(CLOUD_EVENTS_PREFIX) || header.startsWith(OTHER_CLOUD_EVENTS_PREFIX);
	}

	static String attribute(String header) {
		return header.substring(CLOUD_EVENTS_PREFIX.length());
	}

}
