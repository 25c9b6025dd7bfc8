// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;

/**
 * One channel with publisher confirms, persistent and mandatory messages.
 */
final class RabbitPlainSender implements PlainSender {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final String exchange;

	private final Connection connection;

	private final Channel channel;

	RabbitPlainSender(RabbitQueue rabbit) throws IOException, TimeoutException {
		this.exchange = rabbit.exchange();
		this.connection = rabbit.connect();
		this.channel = this.connection.createChannel();
		this.channel.confirmSelect();
	}

	@Override
	public void send(Payment payment) throws IOException {
		this.channel.basicPublish(this.exchange, payment.id(), true, MessageProperties.PERSISTENT_TEXT_PLAIN,
				payment.json().getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public void confirm() throws InterruptedException, TimeoutException {
		if (!this.channel.waitForConfirms(TIMEOUT.toMillis())) {
			throw new IllegalStateException("RabbitMQ refused messages");
		}
	}

	@Override
	public void close() throws IOException {
		this.connection.close();
	}

}
