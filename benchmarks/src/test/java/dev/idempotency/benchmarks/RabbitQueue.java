// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.idempotency.testing.SharedRabbit;

/**
 * An exchange with one durable queue behind it, on the machine's RabbitMQ.
 */
final class RabbitQueue implements AutoCloseable {

	private final SharedRabbit server;

	private final String exchange;

	private RabbitQueue(SharedRabbit server) throws IOException, TimeoutException {
		this.server = server;
		this.exchange = server.newExchange("relayed", BuiltinExchangeType.FANOUT);
		String queue = server.newQueue("relayed");
		try (Connection connection = connect(); Channel channel = connection.createChannel()) {
			channel.queueBind(queue, this.exchange, "");
		}
	}

	/**
	 * The queue, if a broker listens where the tests look for it.
	 */
	static Optional<RabbitQueue> find() {
		try (Socket probe = new Socket()) {
			probe.connect(
					new InetSocketAddress("127.0.0.1", Integer.getInteger("idempotency.test.rabbitmq.port", 5672)),
					1_000);
		}
		catch (IOException ex) {
			return Optional.empty();
		}
		SharedRabbit server = SharedRabbit.open();
		try {
			return Optional.of(new RabbitQueue(server));
		}
		catch (IOException | TimeoutException ex) {
			server.close();
			throw new IllegalStateException("RabbitMQ answers, but a queue cannot be bound", ex);
		}
	}

	SharedRabbit server() {
		return this.server;
	}

	String exchange() {
		return this.exchange;
	}

	Connection connect() throws IOException, TimeoutException {
		return this.server.connectionFactory().newConnection();
	}

	@Override
	public void close() {
		this.server.close();
	}

}
