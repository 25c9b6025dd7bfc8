// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import dev.idempotency.testing.KafkaProcess;
import dev.idempotency.testing.SharedPostgres;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A database, a broker in a process of its own, and the application between them.
 */
final class Environment implements AutoCloseable {

	private final SharedPostgres database;

	private final KafkaProcess kafka;

	private final ConfigurableApplicationContext application;

	private Environment(SharedPostgres database, KafkaProcess kafka, ConfigurableApplicationContext application) {
		this.database = database;
		this.kafka = kafka;
		this.application = application;
	}

	static Environment start() {
		SharedPostgres database = SharedPostgres.open();
		JdbcTemplate jdbc = new JdbcTemplate(database.unpooled());
		Tables.ALL.forEach(
				(table) -> jdbc.execute("create table " + table + " (id varchar(50) primary key, body text not null)"));
		jdbc.execute("create table " + Tables.SEEN
				+ " (consumer varchar(100) not null, message_id uuid not null, primary key (consumer, message_id))");
		KafkaProcess kafka = KafkaProcess.started();
		Topics.ALL.forEach((topic) -> kafka.createTopic(topic, 1));
		return new Environment(database, kafka, application(database, kafka));
	}

	private static ConfigurableApplicationContext application(SharedPostgres database, KafkaProcess kafka) {
		return new SpringApplicationBuilder(BenchmarkApplication.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn",
					"logging.level.org.apache.kafka=error", "spring.application.name=benchmarks",
					"spring.flyway.enabled=false", "spring.datasource.url=" + database.jdbcUrl(),
					"spring.datasource.username=" + database.username(),
					"spring.datasource.password=" + database.password(),
					"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.listener.poll-timeout=100ms",
					"idempotency.outbox.relay.notify-nodes=false")
			.run();
	}

	<T> T bean(Class<T> type) {
		return this.application.getBean(type);
	}

	String bootstrapServers() {
		return this.kafka.bootstrapServers();
	}

	/**
	 * What one row of one column says.
	 */
	String ask(String sql) {
		return String.valueOf(bean(JdbcTemplate.class).queryForObject(sql, String.class));
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

	@Override
	public void close() {
		this.application.close();
		this.kafka.close();
		this.database.close();
	}

}
