// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.stream.Stream;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.ContradictionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Modes and outage policies that a contract does not allow.
 */
class ModeContradictionTests {

	private static final String PASS = "idempotency.flows.shop.on-store-outage=pass-through";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false",
				"idempotency.flows.shop.external.provider=generic")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
				JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class,
				ExternalAutoConfiguration.class));

	static Stream<Class<?>> unprotected() {
		return Stream.of(Local.class, AtMostOnce.class);
	}

	@ParameterizedTest
	@MethodSource("unprotected")
	void onlyWhatItsProviderRecognisesMayPassThrough(Class<?> bean) {
		this.runner.withUserConfiguration(bean)
			.withPropertyValues(PASS)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining("on-store-outage=pass-through and contract = ")
				.hasMessageContaining("Remove idempotency.flows.shop.on-store-outage"));
	}

	@Test
	void whatItsProviderRecognisesMayPassThrough() {
		this.runner.withUserConfiguration(WithKey.class)
			.withPropertyValues(PASS)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void methodThatIsCalledHasNoShadow() {
		this.runner.withUserConfiguration(Local.class)
			.withPropertyValues("idempotency.flows.shop.mode=shadow")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining("mode=shadow on a method that is called"));
	}

	static class Local {

		@ExactlyOnceEffect(flow = "shop", key = "#p0")
		public void sell(String id) {
		}

	}

	static class WithKey {

		@ExactlyOnceEffect(flow = "shop", key = "#p0", contract = EffectContract.EXTERNAL_WITH_KEY)
		public void sell(String id) {
		}

	}

	static class AtMostOnce {

		@ExactlyOnceEffect(flow = "shop", key = "#p0", contract = EffectContract.EXTERNAL_AT_MOST_ONCE)
		public void sell(String id) {
		}

	}

}
