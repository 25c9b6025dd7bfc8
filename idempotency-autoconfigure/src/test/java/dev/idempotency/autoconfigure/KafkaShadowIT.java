// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.testing.ChildProcess;
import dev.idempotency.testing.JavaProcess;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A node that consumes, and one that looks on.
 */
class KafkaShadowIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final String topic = SharedKafka.newTopic("shadow", 2);

	private final TestDatabase database = SharedPostgres.open();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database.dataSource());

	private final KafkaProducer<String, String> producer = new KafkaProducer<>(
			Map.of("bootstrap.servers", SharedKafka.bootstrapServers()), new StringSerializer(),
			new StringSerializer());

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	private int sent;

	@BeforeEach
	void tables() {
		this.jdbc.execute("CREATE TABLE sold (id varchar(50), node varchar(20))");
	}

	@AfterEach
	void close() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
		this.producer.close();
		this.database.close();
	}

	@Test
	void shadowFindsWhatTheActiveNodeFindsAndDoesNothing() {
		node("active", "active");
		ConfigurableApplicationContext shadow = watching("shadow");
		ShadowNode.Counts before = ShadowNode.counts(shadow);
		for (int i = 0; i < 300; i++) {
			send("m-" + i, "m-" + i);
			if (i % 10 == 9) {
				send("m-" + (i - 3), "m-" + (i - 3));
			}
		}
		send("m-7", "something else");
		this.producer.send(new ProducerRecord<>(this.topic, "k", "nameless"));
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(ShadowNode.counts(shadow).minus(before))
				.isEqualTo(new ShadowNode.Counts(300, 30, 1, 1)));
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(sold("m-%")).isEqualTo(300));
		assertThat(soldBy("shadow")).isZero();
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(
					this.jdbc.queryForList("SELECT reason FROM idempotency_parked ORDER BY reason", String.class))
				.containsExactly("COLLISION", "NO_IDENTITY"));
		send("m-1", "m-1");
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(ShadowNode.counts(shadow).minus(before))
				.isEqualTo(new ShadowNode.Counts(300, 31, 1, 1)));
	}

	@Test
	void aShadowThatIsStartedAgainIsStillOne() {
		ConfigurableApplicationContext shadow = watching("shadow");
		long consumers = shadowConsumers();
		shadow.stop();
		shadow.start();
		assertThat(consumers).isPositive();
		await().untilAsserted(() -> assertThat(shadowConsumers()).isEqualTo(consumers));
	}

	private static long shadowConsumers() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("shop-shadow"))
			.count();
	}

	@Test
	void nodesThatSwapRolesLoseAndRepeatNothing() {
		ConfigurableApplicationContext one = node("one", "active");
		ConfigurableApplicationContext other = watching("shadow");
		for (int swap = 0; swap < 4; swap++) {
			burst(50);
			change((swap % 2 == 0) ? one : other, FlowMode.SHADOW);
			burst(50);
			change((swap % 2 == 0) ? other : one, FlowMode.ACTIVE);
		}
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(sold("b-%")).isEqualTo(400));
		assertThat(this.jdbc.queryForObject("SELECT count(DISTINCT id) FROM sold WHERE id LIKE 'b-%'", Integer.class))
			.isEqualTo(400);
		assertThat(soldBy("one")).isPositive();
		assertThat(soldBy("shadow")).isPositive();
	}

	@Test
	void shadowTakesOverFromAKilledNodeAndLosesNothing() {
		try (ChildProcess active = JavaProcess.of(ShadowNode.class)
			.argument(this.database.jdbcUrl(), this.database.username(), SharedKafka.bootstrapServers(), this.topic,
					"killed", "active")
			.start()) {
			active.waitForLine("^READY", TIMEOUT);
			ConfigurableApplicationContext shadow = watching("shadow");
			burst(200);
			await().atMost(TIMEOUT).until(() -> sold("b-%") > 20);
			active.kill9();
			int before = sold("b-%");
			burst(100);
			change(shadow, FlowMode.ACTIVE);
			await().atMost(TIMEOUT).untilAsserted(() -> assertThat(sold("b-%")).isEqualTo(300));
			assertThat(
					this.jdbc.queryForObject("SELECT count(DISTINCT id) FROM sold WHERE id LIKE 'b-%'", Integer.class))
				.isEqualTo(300);
			assertThat(soldBy("shadow")).isBetween(100, 300 - before + 1);
		}
	}

	private ConfigurableApplicationContext node(String name, String mode) {
		ConfigurableApplicationContext node = ShadowNode.start(this.database.jdbcUrl(), this.database.username(),
				SharedKafka.bootstrapServers(), this.topic, name, mode);
		this.nodes.add(node);
		return node;
	}

	/**
	 * A shadow begins at the end, wherever that is when it looks for the first time.
	 */
	private ConfigurableApplicationContext watching(String name) {
		ConfigurableApplicationContext shadow = node(name, "shadow");
		assertThat(modes(shadow)).isEqualTo(Map.of("shop", FlowMode.SHADOW));
		int[] partitions = { 0, 0 };
		for (int partition = 0; partition < 2; partition++) {
			int at = partition;
			await().atMost(TIMEOUT).until(() -> {
				ShadowNode.Counts before = ShadowNode.counts(shadow);
				String id = "warm-" + at + "-" + partitions[at]++;
				this.producer.send(record(id, id, at)).get();
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				return ShadowNode.counts(shadow).minus(before).fresh() > 0;
			});
		}
		return shadow;
	}

	private void change(ConfigurableApplicationContext node, FlowMode mode) {
		node.getBeansOfType(FlowSwitch.class).values().forEach((each) -> each.change("shop", mode));
		await().atMost(TIMEOUT).until(() -> modes(node).get("shop") == mode);
	}

	private static Map<String, FlowMode> modes(ConfigurableApplicationContext node) {
		return node.getBean("kafkaFlowSwitch", FlowSwitch.class).modes();
	}

	private void burst(int messages) {
		for (int i = 0; i < messages; i++) {
			String id = "b-" + this.sent++;
			send(id, id);
			if (i % 10 == 0) {
				send(id, id);
			}
		}
		this.producer.flush();
	}

	private void send(String id, String body) {
		this.producer.send(record(id, body, null));
	}

	private ProducerRecord<String, String> record(String id, String body, Integer partition) {
		ProducerRecord<String, String> record = new ProducerRecord<>(this.topic, partition, id, body);
		record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
		record.headers().add("ce_source", "/shop".getBytes(StandardCharsets.UTF_8));
		return record;
	}

	private int sold(String pattern) {
		Integer count = this.jdbc.queryForObject("SELECT count(*) FROM sold WHERE id LIKE ?", Integer.class, pattern);
		return (count != null) ? count : 0;
	}

	private int soldBy(String node) {
		Integer count = this.jdbc.queryForObject("SELECT count(*) FROM sold WHERE node = ?", Integer.class, node);
		return (count != null) ? count : 0;
	}

}
