// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;

import org.springframework.amqp.AmqpException;

/**
 * Says why the broker closed a channel.
 */
final class Closings {

	private static final Pattern TOO_LARGE = Pattern.compile("message size (\\d{1,9}) is larger");

	private Closings() {
	}

	static AmqpException explain(String exchange, ShutdownSignalException signal) {
		String advice = switch (code(signal)) {
			case AMQP.NOT_FOUND -> "The exchange does not exist. Declare it, or correct the destination";
			case AMQP.ACCESS_REFUSED -> "The user may not write to it. Grant the permission";
			case AMQP.PRECONDITION_FAILED -> "The broker does not take the message. Its answer says why";
			default -> "The message is sent again with the same id";
		};
		return new AmqpException(
				"RabbitMQ closed the channel of exchange '" + exchange + "': " + signal.getMessage() + ". " + advice,
				signal);
	}

	/**
	 * Length of the body the broker found too large.
	 * @param signal why the channel was closed
	 * @return bytes, -1 if the size of a message was not the reason
	 */
	static int tooLargeBody(ShutdownSignalException signal) {
		if (code(signal) == AMQP.PRECONDITION_FAILED) {
			Matcher matcher = TOO_LARGE.matcher(String.valueOf(signal.getMessage()));
			return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
		}
		return -1;
	}

	private static int code(ShutdownSignalException signal) {
		Method reason = signal.getReason();
		if (reason instanceof AMQP.Channel.Close close) {
			return close.getReplyCode();
		}
		return (reason instanceof AMQP.Connection.Close close) ? close.getReplyCode() : 0;
	}

}
