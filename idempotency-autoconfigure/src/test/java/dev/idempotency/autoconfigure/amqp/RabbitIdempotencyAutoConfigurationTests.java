// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.amqp;

import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.JdbcStoreAutoConfiguration;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.FlowCatalogue;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class RabbitIdempotencyAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false",
				"spring.rabbitmq.listener.simple.auto-startup=false")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				RabbitAutoConfiguration.class, IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class,
				JsonAutoConfiguration.class, OutboxAutoConfiguration.class, RabbitIdempotencyAutoConfiguration.class))
		.withUserConfiguration(Shop.class);

	@Test
	void queuesAreFoundAloneAndInGroups() {
		this.runner.run((context) -> assertThat(context.getBean(FlowCatalogue.class).flows()).singleElement()
			.satisfies((flow) -> assertThat(flow.remarks()).noneMatch((it) -> it.contains("not declared here"))
				.contains("queue 'grouped' is not durable: a restart of the broker loses it")));
	}

	@Configuration(proxyBeanMethods = false)
	static class Shop {

		@Bean
		Queue alone() {
			return new Queue("alone");
		}

		@Bean
		Declarables group() {
			return new Declarables(new Queue("grouped", false));
		}

		@ExactlyOnceEffect(flow = "shipping")
		@RabbitListener(queues = { "alone", "grouped" })
		public void ship(String order) {
		}

	}

}
