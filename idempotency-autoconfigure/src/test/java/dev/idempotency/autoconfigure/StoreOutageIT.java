// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.idempotency.actuate.IdempotencyHealthIndicator;
import dev.idempotency.autoconfigure.actuate.IdempotencyHealthAutoConfiguration;
import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
import dev.idempotency.testing.PrivatePostgres;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedRabbit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A database that is away for ten seconds while messages come.
 */
class StoreOutageIT {

	private static final Duration OUTAGE = Duration.ofSeconds(10);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final PrivatePostgres postgres = PrivatePostgres.started();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.postgres.dataSource());

	private final AtomicInteger sent = new AtomicInteger();

	private final AtomicInteger calls = new AtomicInteger();

	@AfterEach
	void close() {
		this.postgres.close();
	}

	@Test
	void kafkaListenersWaitAndGoOnByThemselves() {
		String topic = SharedKafka.newTopic("outage", 2);
		Map<String, Object> broker = Map.of("bootstrap.servers", SharedKafka.bootstrapServers());
		try (Admin admin = Admin.create(broker);
				Producer<String, String> producer = new KafkaProducer<>(broker, new StringSerializer(),
						new StringSerializer())) {
			runner()
				.withPropertyValues("test.topic=" + topic,
						"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
						"spring.kafka.consumer.group-id=" + topic, "spring.kafka.consumer.auto-offset-reset=earliest")
				.withConfiguration(
						AutoConfigurations.of(KafkaAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class))
				.withBean(KafkaShop.class, () -> new KafkaShop(this))
				.run((context) -> {
					String[] members = new String[2];
					outage(context, (id) -> producer.send(record(topic, id)), () -> members[0] = member(admin, topic),
							"kafka-shop");
					members[1] = member(admin, topic);
					assertThat(members[1]).as("no rebalance").isEqualTo(members[0]);
				});
		}
	}

	@Test
	void rabbitListenersWaitAndGoOnByThemselves() {
		try (SharedRabbit rabbit = SharedRabbit.open()) {
			String queue = rabbit.newQueue("outage");
			runner()
				.withPropertyValues("test.queue=" + queue, "spring.rabbitmq.host=" + rabbit.host(),
						"spring.rabbitmq.port=" + rabbit.port(), "spring.rabbitmq.username=" + rabbit.username(),
						"spring.rabbitmq.password=" + rabbit.password(),
						"spring.rabbitmq.virtual-host=" + rabbit.virtualHost())
				.withConfiguration(
						AutoConfigurations.of(RabbitAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class))
				.withBean(RabbitShop.class, () -> new RabbitShop(this))
				.run((context) -> {
					RabbitTemplate template = context.getBean(RabbitTemplate.class);
					outage(context,
							(id) -> template.send("", queue,
									MessageBuilder.withBody(id.getBytes(StandardCharsets.UTF_8))
										.setContentType("text/plain")
										.setMessageId(id)
										.build()),
							() -> {
							}, "shop");
				});
		}
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.url=" + this.postgres.jdbcUrl(),
					"spring.datasource.username=postgres", "spring.datasource.hikari.connection-timeout=1000",
					"idempotency.outbox.relay.enabled=false")
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
					IdempotencyHealthAutoConfiguration.class));
	}

	private void outage(AssertableApplicationContext context, Consumer<String> send, Runnable before, String listener) {
		this.jdbc.execute("CREATE TABLE sold (id varchar(50))");
		ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();
		try {
			traffic.scheduleAtFixedRate(() -> send.accept("m-" + this.sent.incrementAndGet()), 0, 50,
					TimeUnit.MILLISECONDS);
			await().atMost(TIMEOUT).until(() -> sold() > 10);
			before.run();
			this.postgres.stopImmediately();
			this.calls.set(0);
			StoreWatch watch = context.getBean(StoreWatch.class);
			await().atMost(OUTAGE).untilAsserted(() -> {
				StoreWatch.Outage outage = watch.outage();
				assertThat(outage).isNotNull();
				assertThat(outage.flows()).containsExactly(listener);
			});
			assertThat(context.getBean(IdempotencyHealthIndicator.class).health().getStatus())
				.isEqualTo(IdempotencyHealthIndicator.DEGRADED);
			await().pollDelay(OUTAGE).timeout(OUTAGE.multipliedBy(2)).until(() -> true);
			assertThat(this.calls).as("calls while the database was away").hasValueLessThan(10);
			this.postgres.start();
			await().atMost(TIMEOUT).until(() -> !watch.isAway());
			traffic.shutdown();
		}
		finally {
			traffic.shutdownNow();
		}
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(sold()).isEqualTo(this.sent.get()));
		assertThat(this.jdbc.queryForObject("SELECT COUNT(DISTINCT id) FROM sold", Integer.class))
			.isEqualTo(this.sent.get());
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_parked", Integer.class)).isZero();
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM idempotency_attempt", Integer.class)).isZero();
		FlowSli sli = context.getBean(EffectSlis.class).flows().get("shop");
		assertThat(sli.retriedBusiness()).isZero();
		assertThat(sli.retriedInfrastructure()).isBetween(1L, 20L);
	}

	private int sold() {
		Integer count = this.jdbc.queryForObject("SELECT COUNT(*) FROM sold", Integer.class);
		return (count != null) ? count : 0;
	}

	private static ProducerRecord<String, String> record(String topic, String id) {
		ProducerRecord<String, String> record = new ProducerRecord<>(topic, id, id);
		record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
		record.headers().add("ce_source", "/shop".getBytes(StandardCharsets.UTF_8));
		return record;
	}

	private static String member(Admin admin, String group) {
		try {
			return admin.describeConsumerGroups(List.of(group))
				.all()
				.get(30, TimeUnit.SECONDS)
				.get(group)
				.members()
				.stream()
				.map(MemberDescription::consumerId)
				.findFirst()
				.orElse("none");
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void sell(JdbcTemplate template, String id) {
		this.calls.incrementAndGet();
		template.update("INSERT INTO sold VALUES (?)", id);
	}

	static class KafkaShop {

		private final StoreOutageIT test;

		private JdbcTemplate jdbc;

		KafkaShop(StoreOutageIT test) {
			this.test = test;
		}

		@Autowired
		void setJdbc(JdbcTemplate template) {
			this.jdbc = template;
		}

		@KafkaListener(id = "kafka-shop", idIsGroup = false, topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "shop")
		public void sell(String id) {
			this.test.sell(this.jdbc, id);
		}

	}

	static class RabbitShop {

		private final StoreOutageIT test;

		private JdbcTemplate jdbc;

		RabbitShop(StoreOutageIT test) {
			this.test = test;
		}

		@Autowired
		void setJdbc(JdbcTemplate template) {
			this.jdbc = template;
		}

		@RabbitListener(id = "rabbit-shop", queues = "${test.queue}")
		@ExactlyOnceEffect(flow = "shop")
		public void sell(String id) {
			this.test.sell(this.jdbc, id);
		}

	}

}
