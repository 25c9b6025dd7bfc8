// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.concurrent.CountDownLatch;

import dev.idempotency.autoconfigure.amqp.RabbitIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * A node with a listener without effects, which writes down each call. One that is to be
 * killed never comes to the end of a certain message.
 */
public final class PlainNode {

	static final String STUCK = "stuck";

	private PlainNode() {
	}

	/**
	 * Runs a node that is to be killed.
	 * @param properties of the application
	 */
	public static void main(String[] properties) throws InterruptedException {
		start(properties);
		new CountDownLatch(1).await();
	}

	static ConfigurableApplicationContext start(String... properties) {
		boolean kafka = properties[0].startsWith("spring.kafka");
		return new SpringApplicationBuilder(kafka ? KafkaApplication.class : RabbitApplication.class)
			.web(WebApplicationType.NONE)
			.properties(properties)
			.properties("spring.datasource.hikari.maximum-pool-size=5", "idempotency.outbox.relay.enabled=false",
					"idempotency.inbox.retention=30d", "spring.main.banner-mode=off",
					"spring.kafka.consumer.auto-offset-reset=earliest",
					"spring.kafka.consumer.properties.session.timeout.ms=6000")
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			TransactionAutoConfiguration.class, JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
			JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
			ExternalAutoConfiguration.class })
	static class Common {

		@Bean
		Calls calls(JdbcTemplate jdbc, @Value("${test.node}") String node) {
			return new Calls(jdbc, node);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ KafkaAutoConfiguration.class, KafkaIdempotencyAutoConfiguration.class })
	static class KafkaApplication extends Common {

		@Bean
		KafkaPlain plain(Calls calls) {
			return new KafkaPlain(calls);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RabbitAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class })
	static class RabbitApplication extends Common {

		@Bean
		RabbitPlain plain(Calls calls) {
			return new RabbitPlain(calls);
		}

	}

	static class KafkaPlain {

		private final Calls calls;

		KafkaPlain(Calls calls) {
			this.calls = calls;
		}

		@KafkaListener(id = "plain", idIsGroup = false, topics = "${test.channel}")
		public void on(String id) throws InterruptedException {
			this.calls.call(id);
		}

	}

	static class RabbitPlain {

		private final Calls calls;

		RabbitPlain(Calls calls) {
			this.calls = calls;
		}

		@RabbitListener(id = "plain", queues = "${test.channel}")
		public void on(String id) throws InterruptedException {
			this.calls.call(id);
		}

	}

	/**
	 * Written down at once, whatever becomes of the message.
	 */
	static class Calls {

		private final JdbcTemplate jdbc;

		private final String node;

		Calls(JdbcTemplate jdbc, String node) {
			this.jdbc = jdbc;
			this.node = node;
		}

		void call(String id) throws InterruptedException {
			this.jdbc.update("INSERT INTO called VALUES (?, ?)", id, this.node);
			if (this.node.equals("killed") && id.equals(STUCK)) {
				new CountDownLatch(1).await();
			}
		}

	}

}
