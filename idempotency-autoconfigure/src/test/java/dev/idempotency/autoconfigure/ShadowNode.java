// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.concurrent.CountDownLatch;

import dev.idempotency.autoconfigure.actuate.IdempotencyMetricsAutoConfiguration;
import dev.idempotency.autoconfigure.kafka.KafkaIdempotencyAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
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
 * A node that sells, or looks on.
 */
public final class ShadowNode {

	private ShadowNode() {
	}

	/**
	 * Runs a node.
	 * @param arguments URL of the database, user, Kafka, topic, name, mode
	 */
	public static void main(String[] arguments) throws InterruptedException {
		start(arguments);
		System.out.println("READY");
		new CountDownLatch(1).await();
	}

	static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + arguments[0], "spring.datasource.username=" + arguments[1],
					"spring.datasource.hikari.maximum-pool-size=5", "spring.kafka.bootstrap-servers=" + arguments[2],
					"spring.kafka.consumer.group-id=" + arguments[3],
					"spring.kafka.consumer.auto-offset-reset=earliest",
					"spring.kafka.consumer.properties.session.timeout.ms=6000", "test.topic=" + arguments[3],
					"test.node=" + arguments[4], "idempotency.flows.shop.mode=" + arguments[5],
					"idempotency.flows.shop.position-identity=false", "idempotency.inbox.retention=30d",
					"idempotency.outbox.relay.enabled=false", "spring.main.banner-mode=off")
			.run();
	}

	static Counts counts(ConfigurableApplicationContext node) {
		MeterRegistry registry = node.getBean(MeterRegistry.class);
		return new Counts(count(registry, "shadow_fresh"), count(registry, "shadow_duplicate"),
				count(registry, "shadow_collision"), count(registry, "shadow_refused"));
	}

	private static long count(MeterRegistry registry, String result) {
		Counter counter = registry.find("idempotency.effects").tags("flow", "shop", "result", result).counter();
		return (counter != null) ? (long) counter.count() : 0;
	}

	/**
	 * What a shadow found.
	 */
	record Counts(long fresh, long duplicates, long collisions, long refused) {

		Counts minus(Counts before) {
			return new Counts(this.fresh - before.fresh, this.duplicates - before.duplicates,
					this.collisions - before.collisions, this.refused - before.refused);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			TransactionAutoConfiguration.class, JdbcTemplateAutoConfiguration.class, KafkaAutoConfiguration.class,
			IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class,
			OutboxAutoConfiguration.class, ExternalAutoConfiguration.class, IdempotencyMetricsAutoConfiguration.class,
			KafkaIdempotencyAutoConfiguration.class })
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Shop shop(JdbcTemplate jdbc, @Value("${test.node}") String node) {
			return new Shop(jdbc, node);
		}

	}

	static class Shop {

		private final JdbcTemplate jdbc;

		private final String node;

		Shop(JdbcTemplate jdbc, String node) {
			this.jdbc = jdbc;
			this.node = node;
		}

		@KafkaListener(id = "shop", idIsGroup = false, topics = "${test.topic}", concurrency = "2")
		@ExactlyOnceEffect(flow = "shop")
		public void sell(String id) {
			this.jdbc.update("INSERT INTO sold VALUES (?, ?)", id, this.node);
		}

	}

}
