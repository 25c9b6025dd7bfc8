// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.Map;

import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowPolicies;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class SigningPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
				JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class));

	@Test
	void onlyFlowsThatDemandItLookAtSignatures() {
		this.runner.withPropertyValues(SignedIdsApplication.properties()).run((context) -> {
			FlowPolicies policies = context.getBean(FlowPolicies.class);
			assertThat(policies.of("signed").identity().signedBy()).isNotNull();
			assertThat(policies.of("other").identity().signedBy()).isNull();
		});
	}

	@Test
	void aFlowThatDemandsSignaturesNeedsKeys() {
		assertRefused("idempotency.flows.signed.signed-ids", Map.of("idempotency.flows.signed.signed-ids", "required"));
	}

	@Test
	void unusableKeysStopTheStart() {
		assertRefused("keys of 32 bytes", Map.of("idempotency.signing.keys.k1", "c2hvcnQ="));
		assertRefused("keys in Base64", Map.of("idempotency.signing.keys.k1", "%%%"));
		assertRefused("the active one", Map.of("idempotency.signing.active", "k1"));
	}

	@Test
	void keysAreNotToldByAccident() {
		assertThat(new SigningProperties(Map.of("k1", "c2VjcmV0"), "k1")).hasToString("keys [k1], active k1");
	}

	private void assertRefused(String message, Map<String, String> properties) {
		this.runner.withPropertyValues(
				properties.entrySet().stream().map((it) -> it.getKey() + "=" + it.getValue()).toArray(String[]::new))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining(message)
				.hasMessageNotContaining("c2hvcnQ"));
	}

}
