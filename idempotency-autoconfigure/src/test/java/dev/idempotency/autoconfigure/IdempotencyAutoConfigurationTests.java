// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.Semantics;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxException;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.sli.EffectSlis;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class IdempotencyAutoConfigurationTests {

	private final ApplicationContextRunner withoutBeans = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
				JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.withoutBeans.withUserConfiguration(Ledger.class);

	@Test
	void annotatedMethodHappensOncePerKeyAndIsCounted() {
		this.runner.run((context) -> {
			Ledger ledger = context.getBean(Ledger.class);
			ledger.book("a", 1);
			ledger.book("a", 1);
			ledger.book("b", 1);
			assertThat(ledger.booked()).isEqualTo(2);
			assertThat(context.getBean(EffectSlis.class).flows().get("ledger")).satisfies((sli) -> {
				assertThat(sli.completed()).isEqualTo(2);
				assertThat(sli.duplicates()).isEqualTo(1);
			});
		});
	}

	@Test
	void templateGivesTheSameGuaranteeWithoutAProxy() {
		this.runner.run((context) -> {
			EffectTemplate template = context.getBean(EffectTemplate.class);
			assertThat(template.<String>execute("direct", "1", null, () -> "value"))
				.isEqualTo(new EffectResult.Applied<>("value"));
			assertThat(template.<String>execute("direct", "1", null, () -> "value"))
				.isInstanceOf(EffectResult.Duplicate.class);
		});
	}

	@Test
	void tablesAreMigratedInTheirOwnHistory() {
		this.runner.run((context) -> assertThat(context.getBean(JdbcTemplate.class)
			.queryForObject("select count(*) from \"idempotency_schema_history\"", Integer.class)).isPositive());
	}

	@Test
	void catalogueNamesTheMethod() {
		this.runner.run((context) -> assertThat(context.getBean(FlowCatalogue.class).flows()).singleElement()
			.satisfies((flow) -> {
				assertThat(flow.name()).isEqualTo("ledger");
				assertThat(flow.kind()).isEqualTo(Flow.Kind.METHOD);
				assertThat(flow.semantics()).isEqualTo(Semantics.EFFECTIVELY_ONCE);
			}));
	}

	@Test
	void outboxRefusesDestinationsWithoutATransport() {
		this.runner.run((context) -> assertThatExceptionOfType(OutboxException.class)
			.isThrownBy(() -> context.getBean(Outbox.class).publish(OutboxMessage.to("kafka:orders").payload("t", "x")))
			.withMessageContaining("No transport 'kafka'"));
	}

	@Test
	void withoutADatabaseTheApplicationDoesNotStart() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining("no DataSource bean")
				.hasMessageContaining("Set spring.datasource.url"));
	}

	@Test
	void severalDatabasesWithoutAChoiceStopTheStart() {
		this.runner.withUserConfiguration(TwoDatabases.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("several DataSource beans")
				.hasMessageContaining("@IdempotencyDataSource"));
	}

	@Test
	void worksWithoutJackson() {
		this.withoutBeans.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoDatabases {

		@Bean
		DataSource one() {
			return new DriverManagerDataSource("jdbc:h2:mem:one");
		}

		@Bean
		DataSource two() {
			return new DriverManagerDataSource("jdbc:h2:mem:two");
		}

	}

	static class Ledger {

		private final AtomicInteger booked = new AtomicInteger();

		@ExactlyOnceEffect(flow = "ledger", key = "#id")
		public void book(String id, int amount) {
			this.booked.addAndGet(amount);
		}

		int booked() {
			return this.booked.get();
		}

	}

}
