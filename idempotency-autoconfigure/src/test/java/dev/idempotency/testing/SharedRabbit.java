// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues and exchanges of the caller's own on the machine's RabbitMQ, gone on close: in a
 * virtual host of their own where {@code rabbitmqctl} is at hand, else with names that
 * nobody else uses.
 * <p>
 * The broker is looked for at {@code 127.0.0.1:5672} (user and password {@code guest}),
 * or where {@code idempotency.test.rabbitmq.host}, {@code .port}, {@code .username} and
 * {@code .password} say. Without one an embedded Apache Qpid takes its place, which the
 * log says; with {@code CI=true} that is a failure. Tests of what only RabbitMQ can do
 * call {@link #requireRabbitMq(String)}.
 */
public final class SharedRabbit implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SharedRabbit.class);

	private final ServerAddress server;

	private final boolean rabbitMq;

	private final Optional<RabbitControl> control;

	private final String virtualHost;

	private final Set<String> queues = new LinkedHashSet<>();

	private final Set<String> exchanges = new LinkedHashSet<>();

	private boolean closed;

	private SharedRabbit(ServerAddress server, boolean rabbitMq, Optional<RabbitControl> control, String virtualHost) {
		this.server = server;
		this.rabbitMq = rabbitMq;
		this.control = control;
		this.virtualHost = virtualHost;
	}

	public static SharedRabbit open() {
		return open(ServerAddress.configured("rabbitmq", 5672, "guest", "guest"), MissingServer.policy());
	}

	static SharedRabbit open(ServerAddress server, MissingServer policy) {
		SharedRabbit rabbit;
		try {
			requireProduct(server);
			rabbit = RabbitControl.find()
				.flatMap((control) -> inOwnVirtualHost(server, control))
				.orElseGet(() -> new SharedRabbit(server, true, Optional.empty(), "/"));
		}
		catch (IOException | TimeoutException ex) {
			policy.substituted("No RabbitMQ for tests at " + server + "; " + server.how("rabbitmq"),
					"an embedded Apache Qpid, which leaves some tests out", ex);
			rabbit = new SharedRabbit(Embedded.SERVER, false, Optional.empty(), "/");
		}
		AtExit.close(rabbit);
		return rabbit;
	}

	private static void requireProduct(ServerAddress server) throws IOException, TimeoutException {
		try (Connection connection = connectionFactory(server, "/").newConnection()) {
			Object product = connection.getServerProperties().get("product");
			if (!"RabbitMQ".equals(String.valueOf(product))) {
				throw new IOException("what answers calls itself " + product);
			}
		}
	}

	private static Optional<SharedRabbit> inOwnVirtualHost(ServerAddress server, RabbitControl control) {
		String virtualHost = UniqueName.of("vhost");
		try {
			control.run("add_vhost", virtualHost);
			control.run("set_permissions", "-p", virtualHost, server.username(), ".*", ".*", ".*");
			connectionFactory(server, virtualHost).newConnection().close();
			return Optional.of(new SharedRabbit(server, true, Optional.of(control), virtualHost));
		}
		catch (IllegalStateException | IOException | TimeoutException ex) {
			logger.info("No virtual host of our own at {}, using unique names in /: {}", server, ex.getMessage());
			return Optional.empty();
		}
	}

	public String host() {
		return this.server.host();
	}

	public int port() {
		return this.server.port();
	}

	public String username() {
		return this.server.username();
	}

	public String password() {
		return this.server.password();
	}

	public String virtualHost() {
		return this.virtualHost;
	}

	/**
	 * A new connection factory of RabbitMQ's Java client; its connections do not recover
	 * by themselves.
	 */
	public ConnectionFactory connectionFactory() {
		return connectionFactory(this.server, this.virtualHost);
	}

	/**
	 * Whether this is a RabbitMQ and not its embedded substitute.
	 */
	public boolean isRabbitMq() {
		return this.rabbitMq;
	}

	/**
	 * Skips the running test where only the embedded substitute is there.
	 * @param why what the substitute cannot prove
	 */
	public SharedRabbit requireRabbitMq(String why) {
		Assumptions.assumeTrue(isRabbitMq(), () -> "Needs a RabbitMQ: " + why + ". Test skipped.");
		return this;
	}

	/**
	 * Closes all connections to this virtual host from the server's side. Skips the
	 * running test where there is no virtual host of our own.
	 */
	public void closeConnections() {
		Assumptions.assumeTrue(this.control.isPresent(), "Needs rabbitmqctl to close connections. Test skipped.");
		this.control.orElseThrow().run("close_all_connections", "--vhost", this.virtualHost, "closed by a test");
	}

	/**
	 * Declares a durable queue under a name that no other test uses.
	 */
	public String newQueue(String purpose) {
		return newQueue(purpose, Map.of());
	}

	public String newQueue(String purpose, Map<String, Object> arguments) {
		String name = queueName(purpose);
		inChannel((channel) -> channel.queueDeclare(name, true, false, false, arguments));
		return name;
	}

	/**
	 * Declares a durable exchange under a name that no other test uses.
	 */
	public String newExchange(String purpose, BuiltinExchangeType type) {
		String name = UniqueName.of(purpose);
		this.exchanges.add(name);
		inChannel((channel) -> channel.exchangeDeclare(name, type, true));
		return name;
	}

	/**
	 * A name for a queue that the test lets others declare; deleted on close all the
	 * same.
	 */
	public String queueName(String purpose) {
		String name = UniqueName.of(purpose);
		this.queues.add(name);
		return name;
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.control.ifPresentOrElse((control) -> control.run("delete_vhost", this.virtualHost), () -> {
			this.queues.forEach((queue) -> inChannel((channel) -> channel.queueDelete(queue)));
			this.exchanges.forEach((exchange) -> inChannel((channel) -> channel.exchangeDelete(exchange)));
		});
		AtExit.forget(this);
	}

	private void inChannel(ChannelAction action) {
		try (Connection connection = connectionFactory().newConnection();
				Channel channel = connection.createChannel()) {
			action.run(channel);
		}
		catch (IOException | TimeoutException ex) {
			throw new IllegalStateException("AMQP operation failed at " + this.server, ex);
		}
	}

	private static ConnectionFactory connectionFactory(ServerAddress server, String virtualHost) {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setHost(server.host());
		factory.setPort(server.port());
		factory.setUsername(server.username());
		factory.setPassword(server.password());
		factory.setVirtualHost(virtualHost);
		factory.setConnectionTimeout(2_000);
		factory.setAutomaticRecoveryEnabled(false);
		return factory;
	}

	@FunctionalInterface
	private interface ChannelAction {

		void run(Channel channel) throws IOException;

	}

	private static final class Embedded {

		static final ServerAddress SERVER = EmbeddedQpid.start();

	}

}
