// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.nio.file.Path;
import java.time.Duration;

import dev.idempotency.sample.outside.OutsideWorld;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that hosts the servers. It keeps everything on disk, survives a killed
 * application, and ends by itself when no application has been connected for a while.
 */
public final class EmbeddedServers {

	/** First argument of the application that turns it into this process. */
	public static final String COMMAND = "embedded-servers";

	static final Duration IDLE = Duration.ofMinutes(2);

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedServers.class);

	private EmbeddedServers() {
	}

	/**
	 * Runs the servers until nobody needs them.
	 * @param args the command, the data directory, and the idle time in ISO-8601
	 * @throws Exception if a server does not start
	 */
	public static void main(String[] args) throws Exception {
		Path data = Path.of(args[1]).toAbsolutePath();
		Duration idle = (args.length > 2) ? Duration.parse(args[2]) : IDLE;
		try (ServerProcesses servers = new ServerProcesses()) {
			Thread hook = new Thread(servers::close, "stop-servers");
			Runtime.getRuntime().addShutdownHook(hook);
			PostgresServer database = new PostgresServer(data.resolve("postgresql"));
			int postgres = servers.add(database);
			int kafka = servers.add(new KafkaServer(data.resolve("kafka")));
			int amqp = servers.add(new AmqpServer(data.resolve("amqp")));
			try (OutsideWorld outside = new OutsideWorld(data.resolve("outside"), database::off);
					ClientWatch clients = new ClientWatch(idle)) {
				ServerAddresses addresses = new ServerAddresses(clients.port(), postgres, kafka, amqp,
						outside.httpPort(), outside.smtpPort());
				addresses.store(data);
				logger.info("Servers are up: {}", addresses);
				clients.awaitIdle();
				ServerAddresses.forget(data);
				logger.info("No application connected for {}: stopping", idle);
			}
		}
		System.exit(0);
	}

}
