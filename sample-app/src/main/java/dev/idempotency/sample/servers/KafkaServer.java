// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker that is its own controller, with its log on disk.
 */
final class KafkaServer implements EmbeddedServer {

	private final Path data;

	private @Nullable KafkaRaftServer server;

	KafkaServer(Path data) {
		this.data = data;
	}

	@Override
	public int start() throws Exception {
		int port = EmbeddedServer.freePort();
		Properties properties = properties(port, EmbeddedServer.freePort());
		format(properties);
		this.server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
		this.server.startup();
		return port;
	}

	private Properties properties(int port, int controllerPort) {
		Properties properties = new Properties();
		properties.put("process.roles", "broker,controller");
		properties.put("node.id", "1");
		properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
		properties.put("controller.listener.names", "CONTROLLER");
		properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
		properties.put("log.dirs", this.data.resolve("log").toString());
		properties.put("auto.create.topics.enable", "false");
		properties.put("group.initial.rebalance.delay.ms", "0");
		properties.put("offsets.topic.num.partitions", "4");
		properties.put("offsets.topic.replication.factor", "1");
		properties.put("transaction.state.log.num.partitions", "4");
		properties.put("transaction.state.log.replication.factor", "1");
		properties.put("transaction.state.log.min.isr", "1");
		properties.put("share.coordinator.state.topic.replication.factor", "1");
		properties.put("share.coordinator.state.topic.min.isr", "1");
		return properties;
	}

	private void format(Properties properties) throws Exception {
		Path file = this.data.resolve("server.properties");
		boolean fresh = !Files.exists(file);
		Files.createDirectories(this.data);
		try (OutputStream out = Files.newOutputStream(file)) {
			properties.store(out, "Written at every start");
		}
		if (fresh) {
			ByteArrayOutputStream output = new ByteArrayOutputStream();
			String[] command = { "format", "--ignore-formatted", "--cluster-id", Uuid.randomUuid().toString(),
					"--config", file.toString() };
			int status = StorageTool.execute(command, new PrintStream(output, true, StandardCharsets.UTF_8));
			if (status != 0) {
				throw new IllegalStateException(
						"Kafka could not format " + this.data + ": " + output.toString(StandardCharsets.UTF_8));
			}
		}
	}

	@Override
	public void close() {
		if (this.server != null) {
			this.server.shutdown();
			this.server.awaitShutdown();
		}
	}

	@Override
	public String toString() {
		return "Kafka in " + this.data;
	}

}
