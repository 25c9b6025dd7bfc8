// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.apache.qpid.server.SystemLauncher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An AMQP 0-9-1 broker that RabbitMQ's client can talk to, with its queues on disk. It is
 * not RabbitMQ: no quorum queues, no dead-letter exchanges.
 */
final class AmqpServer implements EmbeddedServer {

	private static final Logger logger = LoggerFactory.getLogger(AmqpServer.class);

	private final Path data;

	private final SystemLauncher launcher = new SystemLauncher();

	AmqpServer(Path data) {
		this.data = data;
	}

	@Override
	public int start() throws Exception {
		int port = EmbeddedServer.freePort();
		URL config = Objects.requireNonNull(getClass().getResource("/servers/amqp.json"), "servers/amqp.json");
		Map<String, Object> attributes = new HashMap<>();
		attributes.put("type", "Memory");
		attributes.put("initialConfigurationLocation", config.toExternalForm());
		attributes.put("startupLoggedToSystemOut", "false");
		attributes.put("context", Map.of("sample.amqp.port", Integer.toString(port), "qpid.work_dir",
				this.data.toString(), "sample.amqp.data", this.data.toString()));
		this.launcher.startup(attributes);
		try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
			logger.debug("The AMQP broker answers on {}", probe);
		}
		return port;
	}

	@Override
	public void close() {
		this.launcher.shutdown();
	}

	@Override
	public String toString() {
		return "AMQP broker in " + this.data;
	}

}
