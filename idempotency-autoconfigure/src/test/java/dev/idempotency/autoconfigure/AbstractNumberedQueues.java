// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import com.rabbitmq.client.BuiltinExchangeType;
import dev.idempotency.amqp.RabbitTransport;
import dev.idempotency.autoconfigure.actuate.IdempotencyMetricsAutoConfiguration;
import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.jdbc.Dialect;
import dev.idempotency.jdbc.JdbcLaneStore;
import dev.idempotency.jdbc.PostgresOutboxLog;
import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.OutboxLog;
import dev.idempotency.relay.Partitioning;
import dev.idempotency.relay.SendResult;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.SharedRabbit;
import dev.idempotency.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * From the outbox of one application through a queue to competing consumers of another,
 * with a database of its own.
 */
abstract class AbstractNumberedQueues {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final SharedRabbit rabbit = SharedRabbit.open();

	private final String queue = this.rabbit.newQueue("numbered");

	private final String exchange = "amq.topic";

	private final SharedPostgres producer = SharedPostgres.open();

	private final TestDatabase consumer = openConsumer();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.consumer.dataSource());

	private final CachingConnectionFactory connections = new CachingConnectionFactory(this.rabbit.connectionFactory());

	private final RabbitTransport transport = new RabbitTransport(this.connections, Duration.ofSeconds(10));

	private final Shop shop = new Shop();

	abstract TestDatabase openConsumer();

	@BeforeEach
	void prepare() throws Exception {
		this.jdbc.execute("CREATE TABLE sold (item varchar(50))");
		try (com.rabbitmq.client.Connection connection = this.rabbit.connectionFactory().newConnection();
				com.rabbitmq.client.Channel channel = connection.createChannel()) {
			channel.exchangeDeclare(this.exchange, BuiltinExchangeType.TOPIC, true);
			channel.queueBind(this.queue, this.exchange, "sold." + this.queue + ".#");
		}
	}

	@AfterEach
	void close() {
		this.transport.close();
		this.connections.destroy();
		this.consumer.close();
		this.producer.close();
		this.rabbit.close();
	}

	@Test
	void competingConsumersApplyEachMessageOnceAndTheInboxDoesNotGrow() {
		publish(5, names(0, 200));
		OutboxLog.Page page = send(node());
		OutboxLog.Reader next = node();
		assertThat(send(next).messages()).extracting(OutboxRecord::placement)
			.isEqualTo(page.messages().stream().map(OutboxRecord::placement).toList())
			.doesNotContainNull();
		this.shop.fragile.addAll(names(0, 20));
		consume((context) -> {
			await().atMost(TIMEOUT).until(() -> duplicates(context) == 200);
			assertThat(sold()).containsExactlyInAnyOrderElementsOf(names(0, 200));
			await().atMost(TIMEOUT).until(() -> count("idempotency_inbox") == 0);
			assertThat(accounted()).isEqualTo(200);
			assertThat(count("idempotency_hole")).isZero();
			page.messages().forEach(this::send);
			await().atMost(TIMEOUT).until(() -> duplicates(context) == 400);
			assertThat(sold()).hasSize(200);
			assertThat(count("idempotency_inbox")).isZero();
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown())
				.contains("inbox: id rows, those of numbered messages folded: competing consumers of one queue");
		});
	}

	@Test
	void messagesDeletedFromTheQueueAreCountedExactly() {
		publish(1, List.of("first"));
		OutboxLog.Reader reader = node();
		assertThat(reader.close(send(reader), List.of(), 0)).isPresent();
		consume((context) -> await().atMost(TIMEOUT).until(() -> sold().size() == 1));
		publish(1, names(0, 8));
		send(node());
		RabbitTemplate thief = new RabbitTemplate(this.connections);
		for (int i = 0; i < 3; i++) {
			assertThat(thief.receive(this.queue, 5000)).isNotNull();
		}
		consume((context) -> {
			await().atMost(TIMEOUT).until(() -> missing(context) == 3);
			assertThat(sold()).hasSize(6);
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown()).contains("folded");
		});
	}

	@Test
	void aFlowThatIsToldToKeepsItsRows() {
		publish(5, names(0, 5));
		send(node());
		consume((context) -> {
			await().atMost(TIMEOUT).until(() -> sold().size() == 5);
			assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_inbox WHERE stream_number IS NULL",
					Integer.class))
				.isEqualTo(5);
			assertThat(count("idempotency_position")).isZero();
			assertThat(context.getBean(FlowCatalogue.class).toMarkdown())
				.contains("inbox: id mode, because it is configured");
		}, "idempotency.flows.shop.inbox=id");
	}

	private void publish(int keys, List<String> items) {
		run(this.producer, (context) -> {
			Outbox outbox = context.getBean(Outbox.class);
			TransactionTemplate transactions = new TransactionTemplate(
					context.getBean(PlatformTransactionManager.class));
			for (int i = 0; i < items.size(); i++) {
				String item = items.get(i);
				String key = "k" + i % keys;
				transactions.executeWithoutResult((status) -> outbox.publish(OutboxMessage.to("rabbit:" + this.exchange)
					.route("sold." + this.queue + "." + key)
					.key(key)
					.contentType("text/plain")
					.payload("sold", item)));
			}
		}, "test.listening=false");
	}

	/**
	 * A node that soon is not heard of any more.
	 */
	private OutboxLog.Reader node() {
		return new PostgresOutboxLog(this.producer.dataSource(), "node", Duration.ofMinutes(10),
				Partitioning.of(List.of(this.transport)))
			.claim("rabbit:" + this.exchange, new JdbcLaneStore(this.producer.dataSource(), Dialect.POSTGRESQL)
				.acquire("node", IntStream.range(0, Lanes.COUNT).boxed().toList(), Duration.ofMinutes(2)))
			.orElseThrow();
	}

	private OutboxLog.Page send(OutboxLog.Reader reader) {
		OutboxLog.Page page = reader.next(500).orElseThrow();
		page.messages().forEach(this::send);
		return page;
	}

	private void send(OutboxRecord message) {
		assertThat(this.transport.send(message).toCompletableFuture().join()).isInstanceOf(SendResult.Confirmed.class);
	}

	private static List<String> names(int first, int end) {
		return new ArrayList<>(IntStream.range(first, end).mapToObj((number) -> "m" + number).toList());
	}

	private List<String> sold() {
		return this.jdbc.queryForList("SELECT item FROM sold", String.class);
	}

	private long accounted() {
		return this.jdbc.queryForObject("SELECT SUM(position) FROM idempotency_position", Long.class);
	}

	private int count(String table) {
		return this.jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
	}

	private static long missing(AssertableApplicationContext context) {
		return context.getBean(MissingMessages.class).counts(Duration.ZERO).getOrDefault("shop", 0L);
	}

	private static long duplicates(AssertableApplicationContext context) {
		FlowSli sli = context.getBean(EffectSlis.class).flows().get("shop");
		return (sli != null) ? sli.duplicates() : 0;
	}

	private void consume(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		run(this.consumer, (context) -> {
			this.shop.jdbc = context.getBean(JdbcTemplate.class);
			test.accept(context);
		}, properties);
	}

	private void run(TestDatabase database, ContextConsumer<AssertableApplicationContext> test, String... properties) {
		new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.url=" + database.jdbcUrl(),
					"spring.datasource.username=" + database.username(),
					"spring.datasource.password=" + database.password(), "test.queue=" + this.queue,
					"spring.rabbitmq.host=" + this.rabbit.host(), "spring.rabbitmq.port=" + this.rabbit.port(),
					"spring.rabbitmq.username=" + this.rabbit.username(),
					"spring.rabbitmq.password=" + this.rabbit.password(),
					"spring.rabbitmq.virtual-host=" + this.rabbit.virtualHost(),
					"spring.rabbitmq.listener.simple.concurrency=4", "spring.rabbitmq.listener.simple.prefetch=10",
					"idempotency.source=/shop", "idempotency.retry.initial-delay=50ms",
					"idempotency.outbox.relay.enabled=false", "idempotency.inbox.fold.interval=100ms",
					"idempotency.inbox.fold.batch-size=50", "idempotency.inbox.cache-size=0",
					"idempotency.inbox.missing-after=1ms")
			.withPropertyValues(properties)
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
					TransactionAutoConfiguration.class, RabbitAutoConfiguration.class,
					IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class,
					OutboxAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class,
					IdempotencyMetricsAutoConfiguration.class))
			.withBean(Shop.class, () -> this.shop)
			.withBean(SimpleMeterRegistry.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context);
			});
	}

	static class Shop {

		private final Set<String> fragile = ConcurrentHashMap.newKeySet();

		private final Map<String, Integer> calls = new ConcurrentHashMap<>();

		private volatile JdbcTemplate jdbc;

		@RabbitListener(id = "shop", queues = "${test.queue}", autoStartup = "${test.listening:true}")
		@ExactlyOnceEffect(flow = "shop")
		public void on(String item) {
			this.calls.merge(item, 1, Integer::sum);
			this.jdbc.update("INSERT INTO sold (item) VALUES (?)", item);
			if (this.fragile.remove(item)) {
				throw new IllegalStateException("sold out for a moment");
			}
		}

	}

}
