// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker (KRaft, controller included) in a JVM of its own that may be paused,
 * killed and started again on the same data and the same port.
 */
public final class KafkaProcess implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final TempDirectory directory = TempDirectory.create("kafka");

	private final int port = Ports.free();

	private final JavaProcess description;

	private int starts;

	private @Nullable ChildProcess broker;

	private KafkaProcess(List<String> settings) {
		String data = this.directory.resolve("data").toString();
		String properties = this.directory.write("server.properties", properties(data, settings)).toString();
		this.description = JavaProcess.of(KafkaBroker.class)
			.option("-Xmx512m")
			.systemProperty("logback.configurationFile", "dev/idempotency/testing/kafka-logback.xml")
			.argument(properties, data, Uuid.randomUuid().toString());
	}

	/**
	 * Creates and starts a broker.
	 * @param settings further broker settings, such as {@code message.max.bytes=1000}
	 */
	public static KafkaProcess started(String... settings) {
		KafkaProcess kafka = new KafkaProcess(List.of(settings));
		AtExit.close(kafka);
		try {
			kafka.start();
			return kafka;
		}
		catch (RuntimeException ex) {
			kafka.close();
			throw ex;
		}
	}

	/**
	 * Starts the broker and waits until it serves clients; does nothing if it runs.
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		this.starts++;
		ChildProcess started = this.description.start(this.directory.resolve("server-" + this.starts + ".log"),
				this.directory, () -> {
				});
		this.broker = started;
		started.waitForLine("Kafka Server started", TIMEOUT);
	}

	/**
	 * Shuts the broker down in an orderly way (SIGTERM).
	 */
	public synchronized void stop() {
		running().terminate(TIMEOUT);
	}

	/**
	 * Kills the broker with SIGKILL.
	 */
	public synchronized void kill9() {
		running().kill9();
	}

	/**
	 * Shuts the broker down if it runs and starts it again on the same data and port.
	 */
	public synchronized void restart() {
		if (isRunning()) {
			stop();
		}
		start();
	}

	/**
	 * Stops the broker where it stands (SIGSTOP); connections stay open.
	 */
	public synchronized void pause() {
		running().pause();
	}

	public synchronized void resume() {
		running().resume();
	}

	public synchronized boolean isRunning() {
		return this.broker != null && this.broker.isAlive();
	}

	public String bootstrapServers() {
		return "127.0.0.1:" + this.port;
	}

	/**
	 * Creates a topic and waits until clients can use it.
	 */
	public void createTopic(String name, int partitions) {
		createTopic(bootstrapServers(), name, partitions);
	}

	@Override
	public synchronized void close() {
		if (this.broker != null) {
			this.broker.close();
		}
		this.directory.close();
		AtExit.forget(this);
	}

	static void createTopic(String bootstrapServers, String name, int partitions) {
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
			admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
				.all()
				.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
			Awaitility.await("leaders of all partitions of " + name)
				.pollDelay(Duration.ZERO)
				.atMost(TIMEOUT)
				.ignoreException(ExecutionException.class)
				.until(() -> hasLeaders(admin, name));
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("Cannot create the topic " + name + " at " + bootstrapServers, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while creating the topic " + name, ex);
		}
	}

	private static boolean hasLeaders(Admin admin, String name) throws Exception {
		return admin.describeTopics(List.of(name))
			.topicNameValues()
			.get(name)
			.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
			.partitions()
			.stream()
			.allMatch((partition) -> partition.leader() != null);
	}

	private ChildProcess running() {
		if (this.broker == null || !this.broker.isAlive()) {
			throw new IllegalStateException("The Kafka broker at " + bootstrapServers() + " is not running");
		}
		return this.broker;
	}

	private String properties(String data, List<String> settings) {
		int controller = Ports.free();
		List<String> lines = new ArrayList<>(List.of("process.roles=broker,controller", "node.id=1",
				"listeners=PLAINTEXT://127.0.0.1:" + this.port + ",CONTROLLER://127.0.0.1:" + controller,
				"advertised.listeners=PLAINTEXT://127.0.0.1:" + this.port, "controller.listener.names=CONTROLLER",
				"controller.quorum.bootstrap.servers=127.0.0.1:" + controller, "log.dirs=" + data.replace("\\", "/"),
				"broker.heartbeat.interval.ms=500", "broker.session.timeout.ms=3000", "auto.create.topics.enable=false",
				"num.partitions=1", "group.initial.rebalance.delay.ms=0", "offsets.topic.num.partitions=3",
				"offsets.topic.replication.factor=1", "transaction.state.log.num.partitions=3",
				"transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
				"share.coordinator.state.topic.num.partitions=3", "share.coordinator.state.topic.replication.factor=1",
				"share.coordinator.state.topic.min.isr=1"));
		lines.addAll(settings);
		return String.join("\n", lines) + "\n";
	}

}
