// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.servers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import dev.idempotency.sample.SampleApplication;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EmbeddedServersIT {

	private static final Duration IDLE = Duration.ofSeconds(3);

	@TempDir
	private Path data;

	@Test
	void serversAreSharedWhileTheyRunAndKeepEverythingWhenTheyEnd() throws Exception {
		try (ServersLauncher first = launcher(); ServersLauncher second = launcher()) {
			ServerAddresses addresses = first.connect();
			assertThat(second.connect()).isEqualTo(addresses);
			write(addresses);
		}
		awaitEnd();
		try (ServersLauncher again = launcher()) {
			read(again.connect());
		}
		awaitEnd();
	}

	private ServersLauncher launcher() {
		return new ServersLauncher(this.data, IDLE, SampleApplication.class.getName());
	}

	/**
	 * PostgreSQL is stopped last.
	 */
	private void awaitEnd() {
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> Files.notExists(this.data.resolve("servers.properties"))
					&& Files.notExists(this.data.resolve("postgresql/postmaster.pid")));
	}

	private static void write(ServerAddresses addresses) throws Exception {
		try (Connection database = database(addresses); Statement statement = database.createStatement()) {
			statement.execute("create table kept (word text)");
			statement.execute("insert into kept values ('row')");
		}
		Map<String, Object> kafka = kafka(addresses);
		try (Admin admin = Admin.create(kafka);
				KafkaProducer<String, String> producer = new KafkaProducer<>(kafka, new StringSerializer(),
						new StringSerializer())) {
			admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
			producer.send(new ProducerRecord<>("kept", "record")).get(30, TimeUnit.SECONDS);
		}
		try (com.rabbitmq.client.Connection amqp = amqp(addresses); Channel channel = amqp.createChannel()) {
			channel.confirmSelect();
			channel.queueDeclare("kept", true, false, false, null);
			channel.basicPublish("", "kept", MessageProperties.PERSISTENT_BASIC, "message".getBytes());
			channel.waitForConfirmsOrDie(30_000);
		}
	}

	private static void read(ServerAddresses addresses) throws Exception {
		try (Connection database = database(addresses);
				Statement statement = database.createStatement();
				ResultSet rows = statement.executeQuery("select word from kept")) {
			assertThat(rows.next()).isTrue();
			assertThat(rows.getString(1)).isEqualTo("row");
		}
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(kafka(addresses), new StringDeserializer(),
				new StringDeserializer())) {
			List<TopicPartition> partition = List.of(new TopicPartition("kept", 0));
			consumer.assign(partition);
			consumer.seekToBeginning(partition);
			assertThat(consumer.poll(Duration.ofSeconds(30))).singleElement()
				.satisfies((record) -> assertThat(record.value()).isEqualTo("record"));
		}
		try (com.rabbitmq.client.Connection amqp = amqp(addresses); Channel channel = amqp.createChannel()) {
			GetResponse message = Objects.requireNonNull(channel.basicGet("kept", true), "message is gone");
			assertThat(message.getBody()).asString().isEqualTo("message");
		}
	}

	private static Connection database(ServerAddresses addresses) throws SQLException {
		return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + addresses.postgres() + "/postgres",
				"postgres", "");
	}

	private static Map<String, Object> kafka(ServerAddresses addresses) {
		return Map.of("bootstrap.servers", "127.0.0.1:" + addresses.kafka());
	}

	private static com.rabbitmq.client.Connection amqp(ServerAddresses addresses) throws Exception {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setHost("127.0.0.1");
		factory.setPort(addresses.amqp());
		return factory.newConnection();
	}

}
