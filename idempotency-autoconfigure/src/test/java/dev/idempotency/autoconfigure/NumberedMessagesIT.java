// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.idempotency.autoconfigure.actuate.IdempotencyMetricsAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.delivery.Replay;
import dev.idempotency.delivery.Replays;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcLaneStore;
import dev.idempotency.jdbc.PostgresOutboxLog;
import dev.idempotency.kafka.KafkaTransport;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.SendResult;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * From the outbox of one application to the listener of another, by numbers.
 */
class NumberedMessagesIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String[] SILENT = { "idempotency.outbox.relay.enabled=false", "test.listening=false" };

	private final String topic = SharedKafka.newTopic("numbered", 3);

	private final SharedPostgres database = SharedPostgres.open();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database.dataSource());

	private final KafkaTransport transport = new KafkaTransport(
			Map.of("bootstrap.servers", SharedKafka.bootstrapServers()));

	private final Shop shop = new Shop();

	@BeforeEach
	void prepare() {
		this.jdbc.execute("CREATE TABLE sold (id bigserial, item varchar(50))");
	}

	@AfterEach
	void close() {
		this.transport.close();
		this.database.close();
	}

	@Test
	void aRelayKilledBetweenSendingAndClosingRepeatsWhatNumbersSuppress() {
		run((context) -> publish(context, 5, names(0, 20)), SILENT);
		OutboxLog.Reader killed = node();
		OutboxLog.Page page = killed.next(100).orElseThrow();
		send(page, (message) -> true);
		run((context) -> {
			await().atMost(TIMEOUT).until(() -> duplicates(context) == 20);
			awaitSold(names(0, 20));
			assertThat(killed.close(page, List.of(), 0)).as("fenced").isEmpty();
			send(page, (message) -> true);
			publish(context, 5, names(20, 30));
			await().atMost(TIMEOUT).until(() -> duplicates(context) == 40);
			awaitSold(names(0, 30));
			assertThat(numbersApplied()).isEqualTo(30);
			assertThat(count("idempotency_inbox")).as("rows per id").isZero();
			assertThat(count("idempotency_hole")).isZero();
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown())
				.contains("sequence mode for numbered messages");
		});
	}

	@Test
	void theCatalogueSaysWhichDestinationsAreNumbered() {
		run((context) -> {
			publish(context, 1, List.of("a"));
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown()).contains("numbered per lane and partition");
		}, SILENT);
		run((context) -> {
			publish(context, 1, List.of("b"));
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown()).contains("not numbered, because "
					+ "partitioner.class is the application's own, and only it knows where a message goes");
		}, "idempotency.outbox.relay.enabled=false", "test.listening=false",
				"spring.kafka.producer.properties[partitioner.class]=org.apache.kafka.clients.producer.RoundRobinPartitioner");
	}

	@Test
	void whatIsLostOnTheWayIsCountedExactly() {
		run((context) -> publish(context, 1, names(0, 12)), SILENT);
		OutboxLog.Reader lossy = node();
		OutboxLog.Page page = lossy.next(100).orElseThrow();
		send(page, (message) -> !List.of(3L, 4L, 7L).contains(number(message)));
		assertThat(lossy.close(page, List.of(), 0)).isPresent();
		run((context) -> {
			publish(context, 1, List.of("last"));
			await().atMost(TIMEOUT).until(() -> count("sold") == 10);
			assertThat(missing(context)).isEqualTo(3);
			await().atMost(TIMEOUT).until(() -> gauge(context) == 3);
			send(page, (message) -> number(message) == 4);
			await().atMost(TIMEOUT).until(() -> count("sold") == 11);
			assertThat(missing(context)).isEqualTo(2);
		}, "idempotency.inbox.missing-after=1ms");
	}

	/**
	 * Nothing follows what was lost, so only a heartbeat tells of it.
	 */
	@Test
	void theLossOfALastMessageIsNoticedInSilence() {
		run((context) -> publish(context, 1, names(0, 5)), SILENT);
		OutboxLog.Reader lossy = node();
		OutboxLog.Page page = lossy.next(100).orElseThrow();
		send(page, (message) -> number(message) < 5);
		assertThat(lossy.close(page, List.of(), 0)).isPresent();
		run((context) -> {
			publish(context, "other", List.of("x"));
			await().atMost(TIMEOUT).until(() -> count("sold") == 5);
			await().atMost(TIMEOUT).until(() -> missing(context) == 1);
			send(page, (message) -> number(message) == 5);
			await().atMost(TIMEOUT).until(() -> missing(context) == 0);
			assertThat(this.shop.calls).hasValue(6);
		}, "idempotency.outbox.heartbeat.interval=300ms");
	}

	@Test
	void aDeadLetteredMessageIsNoLossAndItsReplayIsApplied() {
		this.shop.broken = "bad";
		run((context) -> {
			publish(context, 1, List.of("a", "bad", "b"));
			awaitSold(List.of("a", "b"));
			assertThat(this.jdbc
				.queryForList("SELECT first_number || '-' || last_number || state FROM idempotency_hole", String.class))
				.containsExactly("2-2PARKED");
			assertThat(missing(context)).isZero();
			this.shop.broken = "";
			String id = context.getBean(ParkedMessages.class).newest(1).get(0).id();
			assertThat(context.getBean(Replays.class).replay(id)).isInstanceOf(Replay.Sent.class);
			awaitSold(List.of("a", "b", "bad"));
			assertThat(missing(context)).isZero();
		});
	}

	private void publish(AssertableApplicationContext context, int keys, List<String> items) {
		for (int i = 0; i < items.size(); i++) {
			publish(context, "k" + i % keys, items.subList(i, i + 1));
		}
	}

	private void publish(AssertableApplicationContext context, String key, List<String> items) {
		Outbox outbox = context.getBean(Outbox.class);
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> items.forEach((item) -> outbox.publish(
					OutboxMessage.to("kafka:" + this.topic).key(key).contentType("text/plain").payload("sold", item))));
	}

	/**
	 * A node that soon is not heard of any more.
	 */
	private OutboxLog.Reader node() {
		return new PostgresOutboxLog(this.database.dataSource(), "node", Duration.ofMinutes(10),
				Partitioning.of(List.of(this.transport)))
			.claim("kafka:" + this.topic, new JdbcLaneStore(this.database.dataSource(), Dialect.POSTGRESQL)
				.acquire("node", IntStream.range(0, Lanes.COUNT).boxed().toList(), Duration.ofSeconds(2)))
			.orElseThrow();
	}

	private void send(OutboxLog.Page page, Predicate<OutboxRecord> arrives) {
		page.messages()
			.stream()
			.filter(arrives)
			.forEach((message) -> assertThat(this.transport.send(message).toCompletableFuture().join())
				.isInstanceOf(SendResult.Confirmed.class));
	}

	private static long number(OutboxRecord message) {
		return message.placement().position().sequence();
	}

	private static List<String> names(int first, int end) {
		return IntStream.range(first, end).mapToObj((number) -> "m" + number).toList();
	}

	private void awaitSold(List<String> items) {
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(this.jdbc.queryForList("SELECT item FROM sold", String.class))
				.containsExactlyInAnyOrderElementsOf(items));
	}

	private long numbersApplied() {
		return this.jdbc.queryForObject("SELECT sum(position) FROM idempotency_position WHERE stream LIKE 'sequence:%'",
				Long.class);
	}

	private long count(String table) {
		return this.jdbc.queryForObject("SELECT count(*) FROM " + table, Long.class);
	}

	private static long missing(AssertableApplicationContext context) {
		return context.getBean(MissingMessages.class).counts(Duration.ZERO).getOrDefault("shop", 0L);
	}

	private static long duplicates(AssertableApplicationContext context) {
		FlowSli sli = context.getBean(EffectSlis.class).flows().get("shop");
		return (sli != null) ? sli.duplicates() : 0;
	}

	private static double gauge(AssertableApplicationContext context) {
		Gauge gauge = context.getBean(MeterRegistry.class).find("idempotency.missing").gauge();
		return (gauge != null) ? gauge.value() : 0;
	}

	private void run(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.url=" + this.database.jdbcUrl(),
					"spring.datasource.username=" + this.database.username(),
					"spring.datasource.password=" + this.database.password(), "test.topic=" + this.topic,
					"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(), "idempotency.source=/shop",
					"spring.kafka.consumer.group-id=" + this.topic, "spring.kafka.consumer.auto-offset-reset=earliest",
					"idempotency.retry.max-attempts=1", "idempotency.outbox.relay.lease=2s")
			.withPropertyValues(properties)
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
					TransactionAutoConfiguration.class, KafkaAutoConfiguration.class,
					IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class,
					OutboxAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class,
					IdempotencyMetricsAutoConfiguration.class))
			.withBean(Shop.class, () -> this.shop)
			.withBean(SimpleMeterRegistry.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				this.shop.jdbc = context.getBean(JdbcTemplate.class);
				this.shop.ready.countDown();
				test.accept(context);
			});
	}

	static class Shop {

		private final CountDownLatch ready = new CountDownLatch(1);

		private final AtomicInteger calls = new AtomicInteger();

		private volatile String broken = "";

		private volatile JdbcTemplate jdbc;

		@KafkaListener(id = "shop", topics = "${test.topic}", autoStartup = "${test.listening:true}")
		@ExactlyOnceEffect(flow = "shop")
		public void on(String item) throws InterruptedException {
			this.ready.await(30, TimeUnit.SECONDS);
			this.calls.incrementAndGet();
			this.jdbc.update("INSERT INTO sold (item) VALUES (?)", item);
			if (item.equals(this.broken)) {
				throw new IllegalStateException("sold out");
			}
		}

	}

}
