// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.idempotency.testing.KafkaProcess;
import dev.idempotency.testing.PrivatePostgres;
import dev.idempotency.testing.SharedRabbit;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A database and a broker in processes of their own, and the application between them.
 */
final class Environment implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofMinutes(5);

	private static final String[] SETTINGS = { "fsync=on", "synchronous_commit=on", "shared_buffers=1GB",
			"max_wal_size=8GB", "checkpoint_timeout=15min" };

	private final PrivatePostgres database;

	private final KafkaProcess kafka;

	private final Optional<RabbitQueue> rabbit;

	private final ConfigurableApplicationContext application;

	private final Map<String, ConfigurableApplicationContext> others = new LinkedHashMap<>();

	private Environment(PrivatePostgres database, KafkaProcess kafka, Optional<RabbitQueue> rabbit) {
		this.database = database;
		this.kafka = kafka;
		this.rabbit = rabbit;
		this.application = new SpringApplicationBuilder(BenchmarkApplication.class).web(WebApplicationType.NONE)
			.properties(properties())
			.run();
	}

	/**
	 * Starts what the named measurements need.
	 */
	static Environment start(List<String> names) {
		PrivatePostgres database = PrivatePostgres.started(SETTINGS);
		Tables.create(new JdbcTemplate(database.unpooled()), tables());
		KafkaProcess kafka = KafkaProcess.started();
		Topics.ALL.forEach((topic) -> kafka.createTopic(topic, 1));
		boolean rabbit = names.stream().anyMatch((name) -> name.startsWith("rabbit"));
		return new Environment(database, kafka, rabbit ? RabbitQueue.find() : Optional.empty());
	}

	private static List<String> tables() {
		return Stream
			.concat(ListenerVariants.ids().stream(),
					Stream.of(PaymentController.PLAIN, PaymentController.PROTECTED, MemoryMeasurement.FLOW))
			.toList();
	}

	private String[] properties() {
		List<String> properties = new ArrayList<>(List.of("spring.main.banner-mode=off", "logging.level.root=warn",
				"logging.level.org.apache.kafka=error", "spring.application.name=benchmarks",
				"spring.datasource.url=" + this.database.jdbcUrl(),
				"spring.datasource.username=" + this.database.username(),
				"spring.datasource.password=" + this.database.password(),
				"spring.kafka.bootstrap-servers=" + this.kafka.bootstrapServers(),
				"spring.kafka.producer.properties.linger.ms=0", "spring.kafka.consumer.auto-offset-reset=earliest",
				"spring.kafka.listener.poll-timeout=100ms", "idempotency.flows.grouped-payments.group.max-records=500",
				"idempotency.outbox.relay.notify-nodes=false"));
		this.rabbit.map(RabbitQueue::server).ifPresent((server) -> properties.addAll(properties(server)));
		return properties.toArray(String[]::new);
	}

	private static List<String> properties(SharedRabbit server) {
		return List.of("spring.rabbitmq.host=" + server.host(), "spring.rabbitmq.port=" + server.port(),
				"spring.rabbitmq.username=" + server.username(), "spring.rabbitmq.password=" + server.password(),
				"spring.rabbitmq.virtual-host=" + server.virtualHost());
	}

	<T> T bean(Class<T> type) {
		return this.application.getBean(type);
	}

	/**
	 * An application whose effects are called, beside the one that listens.
	 */
	ApplicationContext calls(WebApplicationType type, String... more) {
		return this.others.computeIfAbsent(type + String.join(" ", more),
				(absent) -> new SpringApplicationBuilder(CallApplication.class).web(type)
					.properties(properties())
					.properties(CallApplication.PROPERTIES)
					.properties(more)
					.run());
	}

	String bootstrapServers() {
		return this.kafka.bootstrapServers();
	}

	boolean hasRabbit() {
		return this.rabbit.isPresent();
	}

	RabbitQueue rabbit() {
		return this.rabbit.orElseThrow();
	}

	/**
	 * Processor time the database has used.
	 */
	Duration databaseTime() {
		return this.database.processorTime();
	}

	OpenTransaction openTransaction() throws SQLException {
		return new OpenTransaction(this.database.unpooled());
	}

	String settings() {
		return ask("show server_version") + ", in a process of its own, " + String.join(", ", SETTINGS);
	}

	/**
	 * What one row of one column says.
	 */
	String ask(String sql) {
		return String.valueOf(bean(JdbcTemplate.class).queryForObject(sql, String.class));
	}

	/**
	 * Gives every variant the same start.
	 */
	void vacuum() {
		bean(JdbcTemplate.class).execute("vacuum analyze");
		bean(JdbcTemplate.class).execute("checkpoint");
	}

	/**
	 * Compares the rows of a table with what they have to be by now.
	 */
	void expectRows(String table, long expected) {
		long found = Long.parseLong(ask("select count(*) from " + table));
		if (found != expected) {
			throw new IllegalStateException(table + " has " + found + " rows instead of " + expected);
		}
	}

	/**
	 * Makes sure that nothing waits for the relay.
	 */
	void expectRelayed() {
		expectRows("idempotency_outbox", 0);
		expectRows("idempotency_outbox_log l where not exists (select from idempotency_outbox_cursor c "
				+ "where c.destination = l.destination and pg_visible_in_snapshot(l.xid, c.closed))", 0);
	}

	@Override
	public void close() {
		this.others.values().forEach(ConfigurableApplicationContext::close);
		this.application.close();
		this.rabbit.ifPresent(RabbitQueue::close);
		this.kafka.close();
		this.database.close();
	}

}
