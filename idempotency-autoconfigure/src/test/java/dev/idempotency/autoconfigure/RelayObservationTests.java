// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.idempotency.autoconfigure.actuate.IdempotencyObservationAutoConfiguration;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.outbox.OutboxMessage;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.awaitility.Awaitility.await;

class RelayObservationTests {

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	@Test
	void whatTheRelaySendsIsObserved() {
		new ApplicationContextRunner().withPropertyValues("spring.datasource.generate-unique-name=true")
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
					IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class,
					OutboxAutoConfiguration.class, IdempotencyObservationAutoConfiguration.class))
			.withBean(TestObservationRegistry.class, () -> this.registry)
			.withBean(Transport.class, Willing::new)
			.run((context) -> {
				Outbox outbox = context.getBean(Outbox.class);
				new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
					.executeWithoutResult((status) -> outbox.publish(OutboxMessage.to("test:orders")
						.header("traceparent", "00-1-1-01")
						.payload("created", "{}")));
				await().untilAsserted(() -> TestObservationRegistryAssert.assertThat(this.registry)
					.hasObservationWithNameEqualTo("idempotency.relay.send")
					.that()
					.hasLowCardinalityKeyValue("destination", "test:orders")
					.hasLowCardinalityKeyValue("result", "confirmed")
					.hasBeenStopped());
			});
	}

	private static final class Willing implements Transport {

		@Override
		public String name() {
			return "test";
		}

		@Override
		public CompletionStage<SendResult> send(OutboxRecord message) {
			return CompletableFuture.completedFuture(new SendResult.Confirmed());
		}

	}

}
