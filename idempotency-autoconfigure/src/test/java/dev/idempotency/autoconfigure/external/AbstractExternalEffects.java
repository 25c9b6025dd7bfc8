// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.autoconfigure.ExternalAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.JdbcStoreAutoConfiguration;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.autoconfigure.external.ExternalApplication.Application;
import dev.idempotency.autoconfigure.external.ExternalApplication.Declined;
import dev.idempotency.autoconfigure.web.RestClientIdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.web.WebClientIdempotencyAutoConfiguration;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the application with a provider on PostgreSQL.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractExternalEffects {

	TestDatabase database;

	ChargingProvider provider;

	ApplicationContextRunner runner;

	@BeforeAll
	void open() {
		this.database = SharedPostgres.open();
		HikariDataSource pool = this.database.pool(8);
		pool.setConnectionTimeout(2000);
		this.runner = new ApplicationContextRunner().withBean(FaultyDataSource.class, () -> new FaultyDataSource(pool))
			.withPropertyValues("idempotency.outbox.relay.enabled=false", "idempotency.inbox.wait-for=100ms",
					"idempotency.external.lease=1s", "idempotency.external.sweep-interval=100ms",
					"idempotency.external.reconcile-interval=100ms",
					"idempotency.flows.payment.external.provider=stripe",
					"idempotency.flows.payment.external.hosts=localhost",
					"idempotency.flows.payment.external.max-attempts=3",
					"idempotency.flows.other-key.external.provider=generic",
					"idempotency.flows.by-rest-template.external.provider=generic",
					"idempotency.flows.by-web-client.external.provider=generic",
					"idempotency.flows.by-retry.external.provider=generic",
					"idempotency.flows.by-another-client.external.provider=generic",
					"idempotency.flows.decline.external.reject-on=" + Declined.class.getName())
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
					ExternalAutoConfiguration.class, RestClientAutoConfiguration.class,
					RestTemplateAutoConfiguration.class, RestClientIdempotencyAutoConfiguration.class,
					WebClientIdempotencyAutoConfiguration.class))
			.withUserConfiguration(Application.class);
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@BeforeEach
	void startProvider() {
		this.provider = new ChargingProvider();
	}

	@AfterEach
	void stopProvider() {
		this.provider.close();
	}

	void run(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(JdbcTemplate.class).update("DELETE FROM idempotency_claim");
			context.getBean(Application.class).uri = this.provider.uri();
			test.accept(context);
		});
	}

	static @Nullable Throwable failure(Runnable call) {
		try {
			call.run();
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

}
