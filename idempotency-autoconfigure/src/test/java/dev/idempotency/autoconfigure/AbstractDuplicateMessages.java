// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

import dev.idempotency.sli.EffectSlis;
import dev.idempotency.sli.FlowSli;
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
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two consumers of one listener get the same message, or what looks like it.
 */
abstract class AbstractDuplicateMessages {

	static final String FLOW = "duplicates";

	static final Duration TIMEOUT = Duration.ofSeconds(40);

	final Handling handling = new Handling();

	private final TestDatabase database = open();

	abstract TestDatabase open();

	/**
	 * Adds the broker.
	 */
	abstract ApplicationContextRunner broker(ApplicationContextRunner runner);

	/**
	 * Sends to one of two consumers, or to whichever is free.
	 */
	abstract void send(ApplicationContext context, int consumer, String source, String body);

	/**
	 * Whether both consumers wait for messages.
	 */
	boolean ready(ApplicationContext context) {
		return context != null;
	}

	@AfterEach
	void close() {
		this.handling.release.countDown();
		this.database.close();
	}

	@Test
	void aDuplicateBesideItsOriginalIsRepeatedUntilThatIsDone() {
		run((context) -> {
			send(context, 0, "shop", "slow");
			await().atMost(TIMEOUT).until(() -> this.handling.received.size() == 1);
			send(context, 1, "shop", "slow");
			await().atMost(TIMEOUT).until(() -> count(context, FlowSli::inProgress) > 2);
			this.handling.release.countDown();
			await().atMost(TIMEOUT).until(() -> count(context, FlowSli::duplicates) == 1);
			assertThat(this.handling.received).containsExactly("slow");
			assertThat(count(context, FlowSli::completed)).isEqualTo(1);
			assertThat(parked(context)).isEmpty();
		});
	}

	@Test
	void anotherSourceMayUseTheIdAndOtherContentMayNot() {
		run((context) -> {
			send(context, 0, "shop", "first");
			send(context, 0, "bank", "second");
			await().atMost(TIMEOUT).until(() -> count(context, FlowSli::completed) == 2);
			assertThat(this.handling.received).containsExactlyInAnyOrder("first", "second");
			send(context, 0, "bank", "third");
			await().atMost(TIMEOUT).untilAsserted(() -> assertThat(parked(context)).containsExactly("COLLISION"));
			assertThat(this.handling.received).hasSize(2);
		});
	}

	private void run(ContextConsumer<AssertableApplicationContext> test) {
		broker(new ApplicationContextRunner()
			.withPropertyValues("spring.datasource.url=" + this.database.jdbcUrl(),
					"spring.datasource.username=" + this.database.username(),
					"spring.datasource.password=" + this.database.password(), "idempotency.outbox.relay.enabled=false",
					"idempotency.inbox.wait-for=100ms", "idempotency.retry.initial-delay=50ms",
					"idempotency.retry.max-delay=100ms", "idempotency.retry.max-attempts=2")
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
					JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class)))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				await().atMost(TIMEOUT).until(() -> ready(context));
				test.accept(context);
			});
	}

	private static long count(ApplicationContext context, ToLongFunction<FlowSli> indicator) {
		FlowSli known = context.getBean(EffectSlis.class).flows().get(FLOW);
		return (known != null) ? indicator.applyAsLong(known) : 0;
	}

	private static List<String> parked(ApplicationContext context) {
		return context.getBean(JdbcTemplate.class).queryForList("select reason from idempotency_parked", String.class);
	}

	/**
	 * Holds up what is slow.
	 */
	static class Handling {

		final List<String> received = new CopyOnWriteArrayList<>();

		final CountDownLatch release = new CountDownLatch(1);

		void handle(String body) throws InterruptedException {
			this.received.add(body);
			if (body.equals("slow")) {
				assertThat(this.release.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			}
		}

	}

}
