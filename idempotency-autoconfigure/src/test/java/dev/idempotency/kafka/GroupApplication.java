// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.testing.SharedKafka;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Spring Boot application with one listener, a topic for it, and a database. The
 * listener starts when its records are there, so that they come in one poll.
 */
final class GroupApplication implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(30);

	final KafkaTopic topic = new KafkaTopic(2);

	final List<EffectEvent> events = new CopyOnWriteArrayList<>();

	private final TestDatabase database;

	private final List<String> properties = new ArrayList<>();

	private @Nullable ConfigurableApplicationContext context;

	GroupApplication() {
		this(SharedPostgres.open());
	}

	GroupApplication(TestDatabase database) {
		this.database = database;
		property("spring.main.banner-mode", "off");
		property("spring.datasource.url", database.jdbcUrl());
		property("spring.datasource.username", database.username());
		property("spring.datasource.password", database.password());
		property("spring.kafka.bootstrap-servers", SharedKafka.bootstrapServers());
		property("spring.kafka.consumer.group-id", this.topic.group);
		property("spring.kafka.consumer.auto-offset-reset", "earliest");
		property("spring.kafka.listener.auto-startup", "false");
		property("idempotency.retry.initial-delay", "10ms");
		property("idempotency.retry.max-delay", "50ms");
		property("idempotency.retry.max-attempts", "3");
		property("idempotency.outbox.relay.enabled", "false");
		property("test.topic", this.topic.name);
	}

	GroupApplication property(String name, String value) {
		this.properties.add(name + "=" + value);
		return this;
	}

	GroupApplication start(Class<?> listener) {
		this.context = new SpringApplicationBuilder(Application.class, listener).web(WebApplicationType.NONE)
			.properties(this.properties.toArray(String[]::new))
			.initializers(
					(context) -> context.getBeanFactory().registerSingleton("heard", (EffectListener) this.events::add))
			.run();
		jdbc().execute("CREATE TABLE IF NOT EXISTS applied (item varchar(100), tx varchar(40))");
		return this;
	}

	<T> T bean(Class<T> type) {
		assertThat(this.context).isNotNull();
		return this.context.getBean(type);
	}

	JdbcTemplate jdbc() {
		return bean(JdbcTemplate.class);
	}

	MessageListenerContainer container() {
		return bean(KafkaListenerEndpointRegistry.class).getListenerContainers().iterator().next();
	}

	static String[] ids(int count) {
		return IntStream.range(0, count).mapToObj((i) -> "m" + i).toArray(String[]::new);
	}

	/**
	 * Sends records, then consumes until so many offsets are committed.
	 */
	void consume(String... ids) {
		this.topic.send(ids);
		container().start();
		awaitCommitted(ids.length);
	}

	void awaitCommitted(long offset) {
		Awaitility.await().atMost(TIMEOUT).untilAsserted(() -> assertThat(this.topic.committed(0)).isEqualTo(offset));
	}

	/**
	 * Reads everything again, as after a crash between the commit and the offset's.
	 */
	void consumeAgain(long offset) {
		container().stop();
		this.topic.rewind();
		container().start();
		awaitCommitted(offset);
	}

	List<String> applied() {
		return jdbc().queryForList("SELECT item FROM applied", String.class);
	}

	int transactions() {
		return jdbc().queryForObject("SELECT COUNT(DISTINCT tx) FROM applied", Integer.class);
	}

	List<ParkedMessages.Entry> parked() {
		return bean(ParkedMessages.class).newest(100);
	}

	<E extends EffectEvent> List<E> events(Class<E> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

	void send(String id, String value) {
		this.topic.send(0, value.getBytes(), Map.of("ce_id", id, "ce_source", "/shop"));
	}

	/**
	 * Ends every connection of the application, as a server that restarts would.
	 */
	void killDatabaseSessions() {
		new JdbcTemplate(this.database.unpooled()).queryForList(
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
	}

	@Override
	public void close() {
		if (this.context != null) {
			this.context.close();
		}
		this.topic.close();
		this.database.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Ledger ledger(JdbcTemplate jdbc) {
			return new Ledger(jdbc);
		}

	}

	/**
	 * What the listeners do, and what goes wrong in it.
	 */
	static class Ledger {

		final List<List<String>> calls = new CopyOnWriteArrayList<>();

		final List<String> seen = new CopyOnWriteArrayList<>();

		volatile String bad = "";

		volatile Runnable disturbance = () -> {
		};

		final JdbcTemplate jdbc;

		Ledger(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		void apply(String item) {
			this.jdbc.update("INSERT INTO applied VALUES (?, txid_current()::text)", item);
			Runnable disturb = this.disturbance;
			this.disturbance = () -> {
			};
			disturb.run();
			if (item.equals(this.bad)) {
				throw new IllegalArgumentException("business says no");
			}
		}

	}

}
