// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.idempotency.flow.Semantics;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.SharedRabbit;
import dev.idempotency.testing.TestDatabase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes that are killed while their listeners without effects have a message.
 */
@Tag("soak")
class KilledProcessIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** What a Kafka consumer may have handled and not acknowledged. */
	private static final int POLL = 500;

	private static final int BEFORE = 150;

	private static final int ALL = 301;

	private final TestDatabase database = SharedPostgres.open();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database.dataSource());

	@BeforeEach
	void tables() {
		this.jdbc.execute("CREATE TABLE called (id varchar(50), node varchar(20))");
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	@ParameterizedTest
	@EnumSource(value = Semantics.class, names = { "AT_LEAST_ONCE", "AT_MOST_ONCE" })
	void kafka(Semantics semantics) {
		String topic = SharedKafka.newTopic("killed", 1);
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", SharedKafka.bootstrapServers()), new StringSerializer(),
				new StringSerializer())) {
			messages().forEach((id) -> {
				ProducerRecord<String, String> record = new ProducerRecord<>(topic, id, id);
				record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
				record.headers().add("ce_source", "/shop".getBytes(StandardCharsets.UTF_8));
				producer.send(record);
			});
		}
		killAndGoOn(semantics, POLL, "spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
				"spring.kafka.consumer.group-id=" + topic, "test.channel=" + topic);
	}

	@ParameterizedTest
	@EnumSource(value = Semantics.class, names = { "AT_LEAST_ONCE", "AT_MOST_ONCE" })
	void rabbit(Semantics semantics) {
		try (SharedRabbit rabbit = SharedRabbit.open()) {
			String queue = rabbit.newQueue("killed");
			CachingConnectionFactory connections = new CachingConnectionFactory(rabbit.connectionFactory());
			RabbitTemplate template = new RabbitTemplate(connections);
			messages().forEach((id) -> template.send("", queue,
					MessageBuilder.withBody(id.getBytes(StandardCharsets.UTF_8))
						.setContentType("text/plain")
						.setMessageId(id)
						.build()));
			connections.destroy();
			killAndGoOn(semantics, 2, "spring.rabbitmq.host=" + rabbit.host(), "spring.rabbitmq.port=" + rabbit.port(),
					"spring.rabbitmq.username=" + rabbit.username(), "spring.rabbitmq.password=" + rabbit.password(),
					"spring.rabbitmq.virtual-host=" + rabbit.virtualHost(), "test.channel=" + queue);
		}
	}

	private static Stream<String> messages() {
		return IntStream.range(0, ALL).mapToObj((i) -> (i == BEFORE) ? PlainNode.STUCK : "m-" + i);
	}

	private void killAndGoOn(Semantics semantics, int repeatedAtMost, String... broker) {
		try (ChildProcess killed = JavaProcess.of(PlainNode.class)
			.argument(properties(semantics, "killed", broker))
			.start()) {
			await().atMost(TIMEOUT).until(() -> calls(PlainNode.STUCK) == 1);
			killed.kill9();
		}
		try (ConfigurableApplicationContext next = PlainNode.start(properties(semantics, "next", broker))) {
			if (semantics == Semantics.AT_MOST_ONCE) {
				await().atMost(TIMEOUT).untilAsserted(() -> assertThat(sli(next).lost()).isEqualTo(1));
			}
			await().atMost(TIMEOUT).untilAsserted(() -> assertThat(distinct()).isEqualTo(ALL));
			int repeated = calls("%") - ALL;
			if (semantics == Semantics.AT_MOST_ONCE) {
				assertThat(repeated).isZero();
				assertThat(sli(next).handled()).isEqualTo(ALL - BEFORE - 1);
			}
			else {
				assertThat(calls(PlainNode.STUCK)).as("begun by the killed, finished by the next").isEqualTo(2);
				assertThat(repeated).isBetween(1, repeatedAtMost);
				assertThat(sli(next).lost()).isZero();
				assertThat(sli(next).handled()).isEqualTo(ALL - BEFORE - 1 + repeated);
			}
		}
	}

	private String[] properties(Semantics semantics, String node, String... broker) {
		List<String> all = new ArrayList<>(List.of(broker));
		all.add("spring.datasource.url=" + this.database.jdbcUrl());
		all.add("spring.datasource.username=" + this.database.username());
		all.add("idempotency.flows.plain.semantics=" + semantics.name());
		all.add("test.node=" + node);
		return all.toArray(String[]::new);
	}

	private static FlowSli sli(ConfigurableApplicationContext node) {
		FlowSli sli = node.getBean(EffectSlis.class).flows().get("plain");
		assertThat(sli).isNotNull();
		return sli;
	}

	private int calls(String pattern) {
		Integer count = this.jdbc.queryForObject("SELECT count(*) FROM called WHERE id LIKE ?", Integer.class, pattern);
		return (count != null) ? count : -1;
	}

	private int distinct() {
		Integer count = this.jdbc.queryForObject("SELECT count(DISTINCT id) FROM called", Integer.class);
		return (count != null) ? count : -1;
	}

}
