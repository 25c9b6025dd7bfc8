// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.io.IOException;
import java.util.Map;

import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.relay.PoisonPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names of the application's own that Spring Boot reads as they are in brackets only.
 */
class BracketedNamesTests {

	private static final String DESTINATIONS = "idempotency.outbox.relay.destinations";

	private final ApplicationContextRunner runner = OutboxContexts.runner();

	@Test
	void destinationInBracketsHasItsPolicy() {
		park("[kafka:orders]").run((context) -> assertThat(
				OutboxAutoConfiguration.settings(context.getBean(OutboxProperties.class)).poison().destinations())
			.containsExactly(Map.entry("kafka:orders", PoisonPolicy.PARK)));
	}

	@Test
	void destinationInBracketsHasItsPolicyInYaml() throws IOException {
		String yaml = "idempotency.outbox.relay.destinations:\n  \"[kafka:orders]\": park\n";
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("yaml", new ByteArrayResource(yaml.getBytes(UTF_8)))
			.get(0);
		assertThat(new Binder(ConfigurationPropertySource.from(source))
			.bind(DESTINATIONS, Bindable.mapOf(String.class, PoisonPolicy.class))
			.get()).containsExactly(Map.entry("kafka:orders", PoisonPolicy.PARK));
	}

	@ParameterizedTest
	@ValueSource(strings = { ".kafka:orders", ".kafkaorders", "[orders]" })
	void destinationWithoutATransportStopsTheStart(String key) {
		park(key).run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(ContradictionException.class)
			.hasMessageContaining(DESTINATIONS)
			.hasMessageContaining("[kafka:orders]"));
	}

	/**
	 * As a map, because the runner would take the colon for an equals sign.
	 */
	private ApplicationContextRunner park(String key) {
		return this.runner
			.withInitializer((context) -> TestPropertyValues.of(Map.of(DESTINATIONS + key, "park")).applyTo(context));
	}

	@Test
	void flowInBracketsHasItsSettings() {
		this.runner
			.withPropertyValues("idempotency.flows[order.created].owner=sales",
					"idempotency.flows[order_paid].owner=finance")
			.run((context) -> {
				FlowPolicies policies = context.getBean(FlowPolicies.class);
				assertThat(policies.of("order.created").owner()).isEqualTo("sales");
				assertThat(policies.of("order_paid").owner()).isEqualTo("finance");
			});
	}

}
