// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.util.urlstreamhandler.classpath.Handler;
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
		letItFindResourcesInsideOfJars();
		Map<String, Object> attributes = new HashMap<>();
		attributes.put("type", "Memory");
		attributes.put("initialConfigurationLocation", configuration().toString());
		attributes.put("startupLoggedToSystemOut", "false");
		attributes.put("context", Map.of("sample.amqp.port", Integer.toString(port), "qpid.work_dir",
				this.data.toString(), "sample.amqp.data", this.data.toString()));
		this.launcher.startup(attributes);
		try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
			logger.debug("The AMQP broker answers on {}", probe);
		}
		return port;
	}

	/**
	 * The broker reads files only, not resources inside of a jar.
	 */
	private Path configuration() throws IOException {
		Path file = this.data.resolve("amqp.json");
		Files.createDirectories(this.data);
		try (InputStream resource = getClass().getResourceAsStream("/servers/amqp.json")) {
			Files.copy(Objects.requireNonNull(resource, "servers/amqp.json"), file,
					StandardCopyOption.REPLACE_EXISTING);
		}
		return file;
	}

	/**
	 * The broker registers its URL handler with the system class loader, which does not
	 * see it in an executable jar.
	 */
	private static void letItFindResourcesInsideOfJars() {
		URL.setURLStreamHandlerFactory((protocol) -> protocol.equals("classpath") ? new Handler() : null);
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
