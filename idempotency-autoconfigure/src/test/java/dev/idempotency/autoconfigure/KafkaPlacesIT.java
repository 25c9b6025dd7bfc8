// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.Replay;
import dev.idempotency.delivery.Replays;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.inbox.Stream;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcStreams;
import dev.idempotency.outbox.StreamPosition;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Records known by their places, with a broker and a database.
 */
class KafkaPlacesIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final String topic = SharedKafka.newTopic("places", 1);

	private final SharedPostgres database = SharedPostgres.open();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database.dataSource());

	private final Admin admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrapServers()));

	private final Producer<String, String> producer = new KafkaProducer<>(
			Map.of("bootstrap.servers", SharedKafka.bootstrapServers()), new StringSerializer(),
			new StringSerializer());

	private final Shop shop = new Shop();

	@BeforeEach
	void prepare() {
		this.jdbc.execute("CREATE TABLE sold (id bigserial, item varchar(50))");
	}

	@AfterEach
	void close() {
		this.producer.close();
		this.admin.close();
		this.database.close();
	}

	@Test
	void recordsWithoutIdAreKnownByTheirOffsets() {
		send("a", "b", "c");
		run((context) -> {
			awaitSold("a", "b", "c");
			assertThat(positions()).containsExactly(3L);
			assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_inbox", Long.class)).isZero();
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown())
				.contains("sequence mode for numbered messages, offset mode for messages without id");
		});
	}

	/**
	 * The group's offsets are behind what is committed in the database.
	 */
	@Test
	void afterACrashTheConsumerGoesOnWhereTheDatabaseSays() {
		send("a", "b", "c");
		run((context) -> awaitSold("a", "b", "c"));
		commit(1);
		send("d");
		run((context) -> {
			awaitSold("a", "b", "c", "d");
			assertThat(sli(context).delivered()).isEqualTo(1);
		});
	}

	@Test
	void anOffsetOfTheGroupThatIsAheadIsKept() {
		send("a");
		run((context) -> awaitSold("a"));
		send("b", "c");
		commit(2);
		run((context) -> awaitSold("a", "c"));
	}

	@Test
	void aTopicMadeAgainBeginsAnew() {
		send("a", "b");
		run((context) -> awaitSold("a", "b"));
		get(this.admin.deleteTopics(List.of(this.topic)).all());
		await().atMost(TIMEOUT).until(() -> !get(this.admin.listTopics().names()).contains(this.topic));
		get(this.admin.createTopics(List.of(new NewTopic(this.topic, 1, (short) 1))).all());
		get(this.admin.deleteConsumerGroups(List.of(this.topic)).all());
		send("c");
		run((context) -> awaitSold("a", "b", "c"));
		assertThat(positions()).containsExactlyInAnyOrder(1L, 2L);
	}

	@Test
	void aConsumerThatLostItsPartitionWhileItWorkedChangesNothing() {
		send("a");
		this.shop.blocked = new CountDownLatch(1);
		run((context) -> {
			await().atMost(TIMEOUT).until(() -> this.shop.calls.get() == 1);
			takeOver();
			this.shop.blocked.countDown();
			awaitSold("a");
			assertThat(this.shop.calls).hasValue(2);
			assertThat(sli(context).retriedInfrastructure()).isPositive();
			assertThat(sli(context).rolledBack()).isEqualTo(1);
			assertThat(sli(context).commitsUnknown()).isZero();
		});
	}

	@Test
	void aRecordSetAsideIsReplayedOnceAndHoldsUpNobody() {
		this.shop.broken = "bad";
		send("a", "bad", "b");
		run((context) -> {
			awaitSold("a", "b");
			assertThat(positions()).containsExactly(3L);
			this.shop.broken = "";
			String id = context.getBean(ParkedMessages.class).newest(1).get(0).id();
			assertThat(context.getBean(Replays.class).replay(id)).isInstanceOf(Replay.Sent.class);
			awaitSold("a", "b", "bad");
		});
		commit(0);
		run((context) -> {
			send("c");
			awaitSold("a", "b", "bad", "c");
		});
	}

	@Test
	void aGapOfNumbersIsAHoleUntilItsMessageComes() {
		number("1", 1);
		number("4", 4);
		number("3", 3);
		number("4", 4);
		run((context) -> {
			awaitSold("1", "4", "3");
			await().atMost(TIMEOUT).until(() -> sli(context).duplicates() == 1);
			assertThat(this.jdbc
				.queryForList("SELECT first_number || '-' || last_number || state FROM idempotency_hole", String.class))
				.containsExactly("2-2OPEN");
			number("2", 2);
			awaitSold("1", "4", "3", "2");
			assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_hole", Long.class)).isZero();
		});
	}

	@Test
	void aNumberedMessageForAnotherFlowLeavesNoHole() {
		number("1", 1);
		number("2", 2, "idempotency-flow", "another");
		number("3", 3);
		run((context) -> {
			awaitSold("1", "3");
			assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_hole", Long.class)).isZero();
		});
	}

	/**
	 * Three records, one change of the position.
	 */
	@Test
	void aBatchIsKnownByOnePosition() {
		send("a", "b", "c");
		run((context) -> {
			awaitSold("a", "b", "c");
			assertThat(positions()).containsExactly(3L);
			assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_inbox", Long.class)).isZero();
			this.shop.broken = "bad";
			send("d", "bad", "e");
			awaitSold("a", "b", "c", "d", "e");
			assertThat(positions()).containsExactly(6L);
			assertThat(context.getBean(EffectSlis.class).flows().get("batches").parked()).isEqualTo(1);
		}, "test.batch=true");
		commit(0);
		run((context) -> {
			send("f");
			awaitSold("a", "b", "c", "d", "e", "f");
			assertThat(context.getBean(EffectSlis.class).flows().get("batches").delivered()).isEqualTo(1);
		}, "test.batch=true");
	}

	@Test
	void aModeThatIsSetIsKept() {
		send("a");
		run((context) -> {
			awaitSold("a");
			assertThat(positions()).isEmpty();
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown())
				.contains("inbox: id mode, because it is configured");
		}, "idempotency.flows.shop.inbox=id");
	}

	/**
	 * What was decided by a row must not be decided by its offset again.
	 */
	@Test
	void whatWasAppliedInIdModeIsKnownAfterTheModeChanged() {
		send("a", "b");
		run((context) -> awaitSold("a", "b"), "idempotency.flows.shop.inbox=id");
		commit(0);
		run((context) -> {
			await().atMost(TIMEOUT).until(() -> context.getBean(EffectSlis.class).flows().containsKey("shop"));
			send("c");
			awaitSold("a", "b", "c");
			assertThat(sli(context).duplicates()).isEqualTo(2);
			assertThat(positions()).containsExactly(3L);
		});
	}

	@Test
	void itIsKnownAgainAfterPlacesHadDecidedBefore() {
		send("a");
		run((context) -> awaitSold("a"));
		send("b");
		run((context) -> awaitSold("a", "b"), "idempotency.flows.shop.inbox=id");
		commit(1);
		run((context) -> {
			send("c");
			awaitSold("a", "b", "c");
			assertThat(sli(context).duplicates()).isOne();
		});
	}

	private void run(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.url=" + this.database.jdbcUrl(),
					"spring.datasource.username=" + this.database.username(),
					"spring.datasource.password=" + this.database.password(), "test.topic=" + this.topic,
					"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
					"spring.kafka.consumer.group-id=" + this.topic, "spring.kafka.consumer.auto-offset-reset=earliest",
					"spring.kafka.consumer.properties[metadata.max.age.ms]=1000", "idempotency.retry.max-attempts=1")
			.withPropertyValues(properties)
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
					TransactionAutoConfiguration.class, KafkaAutoConfiguration.class,
					IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class,
					OutboxAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class))
			.withBean(Shop.class, () -> this.shop)
			.withBean(Batches.class, () -> new Batches(this.shop))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				this.shop.jdbc = context.getBean(JdbcTemplate.class);
				this.shop.ready.countDown();
				test.accept(context);
			});
	}

	private void send(String... values) {
		for (String value : values) {
			this.producer.send(new ProducerRecord<>(this.topic, value));
		}
		this.producer.flush();
	}

	private void number(String value, long sequence, String... header) {
		ProducerRecord<String, String> record = new ProducerRecord<>(this.topic, value);
		new StreamPosition("0/kafka:" + this.topic + "/0", "1", sequence).attributes()
			.forEach((name, text) -> record.headers().add("ce_" + name, text.getBytes(StandardCharsets.UTF_8)));
		record.headers().add("ce_id", value.getBytes(StandardCharsets.UTF_8));
		record.headers().add("ce_source", "/orders".getBytes(StandardCharsets.UTF_8));
		if (header.length > 0) {
			record.headers().add(header[0], header[1].getBytes(StandardCharsets.UTF_8));
		}
		this.producer.send(record);
		this.producer.flush();
	}

	private void awaitSold(String... items) {
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(this.jdbc.queryForList("SELECT item FROM sold ORDER BY id", String.class))
				.containsExactly(items));
	}

	private List<Long> positions() {
		return this.jdbc.queryForList("SELECT position FROM idempotency_position ORDER BY stream", Long.class);
	}

	/**
	 * Does what a consumer of another process does when it gets the partition.
	 */
	private void takeOver() {
		String stream = this.jdbc.queryForObject("SELECT stream FROM idempotency_position", String.class);
		new JdbcStreams(this.database.dataSource(), Dialect.POSTGRESQL).own(new Stream("shop", stream), () -> 0);
	}

	private void commit(long offset) {
		await().atMost(TIMEOUT)
			.until(() -> get(this.admin.describeConsumerGroups(List.of(this.topic)).all()).get(this.topic)
				.members()
				.isEmpty());
		get(this.admin
			.alterConsumerGroupOffsets(this.topic,
					Map.of(new TopicPartition(this.topic, 0), new OffsetAndMetadata(offset)))
			.all());
	}

	private static FlowSli sli(AssertableApplicationContext context) {
		return context.getBean(EffectSlis.class).flows().get("shop");
	}

	private static <T> T get(KafkaFuture<T> future) {
		try {
			return future.get(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Batches {

		private final Shop shop;

		Batches(Shop shop) {
			this.shop = shop;
		}

		@KafkaListener(id = "batches", groupId = "${test.topic}", topics = "${test.topic}", batch = "true",
				autoStartup = "${test.batch:false}")
		@ExactlyOnceEffect(flow = "batches")
		public void on(List<String> items) throws InterruptedException {
			for (String item : items) {
				this.shop.on(item);
			}
		}

	}

	static class Shop {

		final AtomicInteger calls = new AtomicInteger();

		private final CountDownLatch ready = new CountDownLatch(1);

		private CountDownLatch blocked = new CountDownLatch(0);

		private volatile String broken = "";

		private volatile JdbcTemplate jdbc;

		@KafkaListener(id = "shop", groupId = "${test.topic}", topics = "${test.topic}",
				autoStartup = "#{!${test.batch:false}}")
		@ExactlyOnceEffect(flow = "shop")
		public void on(String item) throws InterruptedException {
			this.ready.await(30, TimeUnit.SECONDS);
			this.calls.incrementAndGet();
			this.jdbc.update("INSERT INTO sold (item) VALUES (?)", item);
			this.blocked.await(30, TimeUnit.SECONDS);
			if (item.equals(this.broken)) {
				throw new IllegalStateException("sold out");
			}
		}

	}

}
