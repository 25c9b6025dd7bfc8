// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import com.zaxxer.hikari.HikariDataSource;
import dev.idempotency.autoconfigure.ExternalAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.JdbcStoreAutoConfiguration;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.effect.CurrentEffect;
import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.UnprotectedEffectException;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * External effects inside of retries, transactions and futures.
 */
abstract class AbstractWovenExternalEffects {

	private final TestDatabase database = open();

	private final HikariDataSource pool = this.database.pool(4);

	abstract TestDatabase open();

	@AfterEach
	void close() {
		this.database.close();
	}

	private void run(ContextConsumer<AssertableApplicationContext> test) {
		new ApplicationContextRunner().withBean(HikariDataSource.class, () -> this.pool)
			.withPropertyValues("idempotency.outbox.relay.enabled=false", "idempotency.outbox.relay.notify-nodes=false",
					"idempotency.inbox.purge.interval=0", "idempotency.external.sweep-interval=1h",
					"idempotency.external.reconcile-interval=1h", "idempotency.flows.charge.external.provider=generic")
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
					ExternalAutoConfiguration.class))
			.withUserConfiguration(Resilience.class, Outside.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context);
			});
	}

	@Test
	void aRetryAroundAnUnclearFailureWithoutAKeyCallsOnce() {
		run((context) -> {
			Outside outside = context.getBean(Outside.class);
			assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> outside.mail("42"));
			assertThat(outside.calls()).containsExactly("mail");
			assertThat(status(context)).isEqualTo("IN_DOUBT");
		});
	}

	@Test
	void aRetryAroundAnUnclearFailureWithAKeyRepeatsTheKey() {
		run((context) -> {
			Outside outside = context.getBean(Outside.class);
			outside.charge("42");
			assertThat(outside.calls()).hasSize(3).allMatch(outside.calls().get(0)::equals).doesNotContain("none");
			assertThat(status(context)).isEqualTo("COMPLETED");
		});
	}

	@Test
	void inATransactionThatHasTheOnlyConnectionItIsRefusedAtOnce() {
		run((context) -> {
			Outside outside = context.getBean(Outside.class);
			this.pool.setConnectionTimeout(4_000);
			this.pool.setMaximumPoolSize(1);
			this.pool.getHikariPoolMXBean().softEvictConnections();
			long start = System.nanoTime();
			new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> {
					context.getBean(JdbcTemplate.class).queryForObject("select 1", Integer.class);
					assertThatExceptionOfType(UnprotectedEffectException.class).isThrownBy(() -> outside.mail("42"));
				});
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
			assertThat(outside.calls()).isEmpty();
		});
	}

	@Test
	void aFutureThatTheSignatureHidesIsUnclear() {
		run((context) -> {
			Outside outside = context.getBean(Outside.class);
			for (int call = 0; call < 2; call++) {
				assertThatExceptionOfType(EffectInDoubtException.class).isThrownBy(() -> outside.later("42"));
			}
			assertThat(outside.calls()).containsExactly("later");
		});
	}

	private static String status(AssertableApplicationContext context) {
		return context.getBean(JdbcTemplate.class).queryForObject("select status from idempotency_claim", String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class Resilience {

	}

	static class Outside {

		private final List<String> calls = new ArrayList<>();

		public List<String> calls() {
			return this.calls;
		}

		@Retryable(maxRetries = 4, delay = 1)
		@ExactlyOnceEffect(flow = "mail", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void mail(String id) {
			this.calls.add("mail");
			throw new IllegalStateException("no answer");
		}

		@Retryable(maxRetries = 4, delay = 1)
		@ExactlyOnceEffect(flow = "charge", key = "#id", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void charge(String id) {
			this.calls.add(CurrentEffect.get().idempotencyKey().orElse("none"));
			if (this.calls.size() < 3) {
				throw new IllegalStateException("no answer");
			}
		}

		@ExactlyOnceEffect(flow = "later", key = "#id", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public Object later(String id) {
			this.calls.add("later");
			return new CompletableFuture<>();
		}

	}

}
