// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.rabbitmq.client.AlreadyClosedException;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/**
 * Publishes to RabbitMQ: persistent, mandatory, confirmed. The destination
 * {@code rabbit:orders} is the exchange {@code orders}, {@code rabbit:} the default
 * exchange; the routing key is the route of the message, else its key, else empty.
 * <p>
 * Confirmed means that the broker took the message on a route that exists. A message
 * without a route is refused. A negative confirmation, a confirmation that does not come
 * in time, a missing exchange, a closed or blocked connection mean that the destination
 * is unavailable and the message may or may not be there.
 * <p>
 * Each exchange has a channel of its own, because a missing exchange closes the channel
 * and whatever else waits on it. The channels are opened on the publisher connection of
 * the given connection factory and never on the one its listeners acknowledge over, which
 * the broker stops reading when it is short of memory; whether that factory has
 * confirmations switched on does not matter, and it is not changed.
 */
public final class RabbitTransport implements Transport, AutoCloseable {

	/** What this transport is called in destinations. */
	public static final String NAME = "rabbit";

	private static final int CLOSE_SECONDS = 5;

	private final ConnectionFactory connections;

	private final Duration timeout;

	private final Map<String, ConfirmingChannel> channels = new ConcurrentHashMap<>();

	private final ExecutorService publisher = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "idempotency-rabbit-publisher");
		thread.setDaemon(true);
		return thread;
	});

	private final RoutePartitioning partitioning;

	private volatile @Nullable BlockedConnection watched;

	private volatile boolean closed;

	/**
	 * Creates a transport.
	 * @param connections how the application connects to RabbitMQ
	 * @param timeout longest wait for the broker's answer to one message, positive
	 */
	public RabbitTransport(ConnectionFactory connections, Duration timeout) {
		this(connections, timeout, Map::of);
	}

	/**
	 * Creates a transport.
	 * @param connections how the application connects to RabbitMQ
	 * @param timeout longest wait for the broker's answer to one message, positive
	 * @param exchanges types of the exchanges the application declares, by name; asked
	 * when a message is sent
	 */
	public RabbitTransport(ConnectionFactory connections, Duration timeout, Supplier<Map<String, String>> exchanges) {
		this.partitioning = new RoutePartitioning(exchanges);
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("The confirm timeout must be positive, not " + timeout);
		}
		ConnectionFactory publisher = connections.getPublisherConnectionFactory();
		this.connections = (publisher != null) ? publisher : connections;
		this.timeout = timeout;
	}

	@Override
	public String name() {
		return NAME;
	}

	/**
	 * {@inheritDoc} Per routing key, where the exchange goes by it.
	 */
	@Override
	public Partitioning partitioning() {
		return this.partitioning;
	}

	/**
	 * {@inheritDoc} Not here: a heartbeat would be a message in every queue.
	 */
	@Override
	public boolean heartbeats() {
		return false;
	}

	@Override
	public CompletionStage<SendResult> send(OutboxRecord message) {
		Publication publication = new Publication(message);
		String problem = publication.problem();
		BlockedConnection connection = this.watched;
		if (problem != null) {
			publication.refused(new AmqpException(problem));
		}
		else if (this.closed) {
			publication.unavailable(new AmqpException("The RabbitMQ transport is closed"));
		}
		else if (connection != null && connection.reason() != null) {
			publication.unavailable(
					new AmqpException("RabbitMQ has blocked the publishing connection: " + connection.reason()));
		}
		else {
			enqueue(publication);
		}
		return publication.result(this.timeout);
	}

	private void enqueue(Publication publication) {
		try {
			this.publisher.execute(() -> publish(publication));
		}
		catch (RejectedExecutionException ex) {
			publication.unavailable(ex);
		}
	}

	private void publish(Publication publication) {
		if (publication.isDone()) {
			return;
		}
		if (this.closed) {
			publication.unavailable(new AmqpException("The RabbitMQ transport is closed"));
			return;
		}
		String exchange = publication.exchange();
		try {
			channel(exchange).publish(publication);
		}
		catch (IllegalArgumentException ex) {
			drop(exchange);
			publication.refused(ex);
		}
		catch (AlreadyClosedException ex) {
			drop(exchange);
			publication.unavailable(Closings.explain(exchange, ex));
		}
		catch (IOException | RuntimeException ex) {
			drop(exchange);
			publication.unavailable(ex);
		}
	}

	private ConfirmingChannel channel(String exchange) throws IOException {
		ConfirmingChannel channel = this.channels.get(exchange);
		if (channel == null || !channel.isOpen()) {
			drop(exchange);
			channel = open(exchange);
			this.channels.put(exchange, channel);
		}
		return channel;
	}

	private ConfirmingChannel open(String exchange) throws IOException {
		Connection connection = this.connections.createConnection();
		try {
			watch(connection.getDelegate());
			return new ConfirmingChannel(connection, exchange);
		}
		catch (IOException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	private void watch(com.rabbitmq.client.Connection connection) {
		BlockedConnection last = this.watched;
		if (last == null || !last.watches(connection)) {
			this.watched = new BlockedConnection(connection);
		}
	}

	private void drop(String exchange) {
		ConfirmingChannel channel = this.channels.remove(exchange);
		if (channel != null) {
			channel.abandon();
		}
	}

	/**
	 * Closes the channels. What the broker has not answered yet ends as unavailable.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.publisher.shutdown();
		try {
			this.publisher.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.channels.keySet().forEach(this::drop);
	}

}
