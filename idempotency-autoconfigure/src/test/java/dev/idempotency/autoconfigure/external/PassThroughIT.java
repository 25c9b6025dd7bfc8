// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.idempotency.actuate.IdempotencyHealthIndicator;
import dev.idempotency.autoconfigure.ExternalAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.JdbcStoreAutoConfiguration;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.autoconfigure.actuate.IdempotencyHealthAutoConfiguration;
import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.SharedRabbit;
import dev.idempotency.testing.TcpProxy;
import dev.idempotency.testing.TestDatabase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
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
 * A flow that goes on while its database is away, and what comes again afterwards.
 */
class PassThroughIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final TestDatabase database = SharedPostgres.open();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<Call> calls = new CopyOnWriteArrayList<>();

	private TcpProxy proxy;

	@AfterEach
	void close() {
		this.proxy.close();
		this.database.close();
	}

	@Test
	void kafkaCallsGoOutWithTheKeyTheyWouldHaveHad() {
		String topic = SharedKafka.newTopic("pass", 2);
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", SharedKafka.bootstrapServers()), new StringSerializer(),
				new StringSerializer())) {
			runner()
				.withPropertyValues("test.topic=" + topic,
						"spring.kafka.bootstrap-servers=" + SharedKafka.bootstrapServers(),
						"spring.kafka.consumer.group-id=" + topic, "spring.kafka.consumer.auto-offset-reset=earliest")
				.withConfiguration(
						AutoConfigurations.of(KafkaAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class))
				.withBean(KafkaPayments.class, () -> new KafkaPayments(this))
				.run((context) -> outage(context, (id) -> producer.send(record(topic, id))));
		}
	}

	@Test
	void rabbitCallsGoOutWithTheKeyTheyWouldHaveHad() {
		try (SharedRabbit rabbit = SharedRabbit.open()) {
			String queue = rabbit.newQueue("pass");
			runner()
				.withPropertyValues("test.queue=" + queue, "spring.rabbitmq.host=" + rabbit.host(),
						"spring.rabbitmq.port=" + rabbit.port(), "spring.rabbitmq.username=" + rabbit.username(),
						"spring.rabbitmq.password=" + rabbit.password(),
						"spring.rabbitmq.virtual-host=" + rabbit.virtualHost())
				.withConfiguration(
						AutoConfigurations.of(RabbitAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class))
				.withBean(RabbitPayments.class, () -> new RabbitPayments(this))
				.run((context) -> {
					RabbitTemplate template = context.getBean(RabbitTemplate.class);
					outage(context,
							(id) -> template.send("", queue,
									MessageBuilder.withBody(id.getBytes(StandardCharsets.UTF_8))
										.setContentType("text/plain")
										.setHeader("cloudEvents:id", id)
										.setHeader("cloudEvents:source", "/shop")
										.build()));
				});
		}
	}

	private void outage(AssertableApplicationContext context, Consumer<String> send) {
		send.accept("before");
		await().atMost(TIMEOUT).until(() -> this.events.contains("Completed"));
		this.proxy.refuseConnections();
		this.proxy.cutAll();
		for (int i = 0; i < 20; i++) {
			send.accept("during-" + i);
		}
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(called()).hasSize(21));
		assertThat(this.events.stream().filter("Unprotected"::equals)).hasSizeGreaterThanOrEqualTo(20);
		StoreWatch.Outage outage = context.getBean(StoreWatch.class).outage();
		assertThat(outage).isNotNull();
		assertThat(outage.unprotected()).containsExactly("payment");
		assertThat(context.getBean(IdempotencyHealthIndicator.class).health().getStatus())
			.isEqualTo(IdempotencyHealthIndicator.DEGRADED);
		this.proxy.acceptConnections();
		await().atMost(TIMEOUT).until(() -> !context.getBean(StoreWatch.class).isAway());
		for (int i = 0; i < 20; i++) {
			send.accept("during-" + i);
		}
		send.accept("before");
		send.accept("after");
		await().atMost(TIMEOUT).untilAsserted(() -> {
			assertThat(called()).hasSize(22);
			assertThat(this.events.stream().filter("Completed"::equals)).hasSize(22);
			assertThat(this.events.stream().filter("Duplicate"::equals)).hasSize(1);
		});
		assertThat(new HashSet<>(this.calls)).as("one key per message, before, during and after").hasSize(22);
		assertThat(context.getBean(JdbcTemplate.class)
			.queryForObject("SELECT count(*) FROM idempotency_claim WHERE status = 'COMPLETED'", Integer.class))
			.isEqualTo(22);
	}

	private HashSet<String> called() {
		return new HashSet<>(this.calls.stream().map(Call::id).toList());
	}

	private ApplicationContextRunner runner() {
		URI server = URI.create(this.database.jdbcUrl().substring("jdbc:".length()));
		this.proxy = TcpProxy.to(server.getHost(), server.getPort());
		return new ApplicationContextRunner()
			.withPropertyValues(
					"spring.datasource.url=jdbc:postgresql://" + this.proxy.host() + ":" + this.proxy.port()
							+ server.getPath(),
					"spring.datasource.username=" + this.database.username(),
					"spring.datasource.hikari.connection-timeout=1000", "idempotency.outbox.relay.enabled=false",
					"idempotency.flows.payment.on-store-outage=pass-through",
					"idempotency.flows.payment.external.provider=generic", "idempotency.inbox.retention=30d")
			.withBean(EffectListener.class, () -> this::heard)
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
					ExternalAutoConfiguration.class, IdempotencyHealthAutoConfiguration.class));
	}

	private void heard(EffectEvent event) {
		this.events.add(event.getClass().getSimpleName());
	}

	private void pay(String id) {
		Optional<String> key = CurrentEffect.get().idempotencyKey();
		this.calls.add(new Call(id, key.orElse("none")));
	}

	private static ProducerRecord<String, String> record(String topic, String id) {
		ProducerRecord<String, String> record = new ProducerRecord<>(topic, id, id);
		record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
		record.headers().add("ce_source", "/shop".getBytes(StandardCharsets.UTF_8));
		return record;
	}

	/**
	 * A call of the provider.
	 */
	record Call(String id, String key) {
	}

	static class KafkaPayments {

		private final PassThroughIT test;

		KafkaPayments(PassThroughIT test) {
			this.test = test;
		}

		@KafkaListener(id = "payment", idIsGroup = false, topics = "${test.topic}")
		@ExactlyOnceEffect(flow = "payment", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void pay(String id) {
			this.test.pay(id);
		}

	}

	static class RabbitPayments {

		private final PassThroughIT test;

		RabbitPayments(PassThroughIT test) {
			this.test = test;
		}

		@RabbitListener(id = "payment", queues = "${test.queue}")
		@ExactlyOnceEffect(flow = "payment", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void pay(String id) {
			this.test.pay(id);
		}

	}

}
