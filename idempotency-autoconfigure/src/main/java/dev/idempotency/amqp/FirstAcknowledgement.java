// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.io.IOException;
import java.util.Objects;

import com.rabbitmq.client.Channel;
import dev.idempotency.delivery.NotAcknowledgedException;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageProperties;

/**
 * Acknowledges messages before they are handled. AMQP does not answer to an
 * acknowledgement, so a question about the queue follows it on the same channel: whoever
 * answers that has taken the acknowledgement before.
 */
final class FirstAcknowledgement {

	/**
	 * Messages that a producer packed into one share a tag, which is acknowledged once.
	 */
	private final ThreadLocal<@Nullable Acknowledged> last = new ThreadLocal<>();

	/**
	 * Acknowledges and waits for the answer.
	 * @param channel the channel they came on
	 * @param message the last of the messages
	 * @param multiple whether those before it on the channel are acknowledged, too
	 * @throws NotAcknowledgedException if they are not to be handled
	 */
	void acknowledge(Channel channel, MessageProperties message, boolean multiple) {
		Acknowledged now = new Acknowledged(channel, message.getDeliveryTag());
		if (now.equals(this.last.get())) {
			return;
		}
		String queue = Objects.requireNonNullElse(message.getConsumerQueue(), "");
		try {
			channel.basicAck(now.tag(), multiple);
			channel.queueDeclarePassive(queue);
		}
		catch (IOException | RuntimeException ex) {
			throw new NotAcknowledgedException(queue + "#" + now.tag(), ex);
		}
		this.last.set(now);
	}

	private record Acknowledged(Channel channel, long tag) {
	}

}
