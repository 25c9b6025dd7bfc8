// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.JdbcStoreAutoConfiguration;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.web.webhook.WebhookEndpoint;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

class WebhookContradictionTests {

	private static final String SECRET = "idempotency.webhooks.github.secrets=secret";

	private static final String PROVIDER = "idempotency.webhooks.github.provider=github";

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				WebMvcAutoConfiguration.class, IdempotencyAutoConfiguration.class, JdbcStoreAutoConfiguration.class,
				JsonAutoConfiguration.class, OutboxAutoConfiguration.class, WebhookAutoConfiguration.class));

	@Test
	void anEndpointNobodyConfiguredIsRefused() {
		assertRefused(Receiver.class, "idempotency.webhooks.github.provider");
	}

	@Test
	void anEndpointWithoutASecretIsRefused() {
		assertRefused(Receiver.class, "no secret", PROVIDER);
		assertRefused(Receiver.class, "no secret", PROVIDER, "idempotency.webhooks.github.secrets[0]=");
		assertRefused(Receiver.class, "no secret", PROVIDER, "idempotency.webhooks.github.secrets[0]=good",
				"idempotency.webhooks.github.secrets[1]= ");
	}

	@Test
	void aSecretThatCannotBeOneIsRefused() {
		assertRefused(Receiver.class, "unusable secret", "idempotency.webhooks.github.provider=standard",
				"idempotency.webhooks.github.secrets=whsec_c2hvcnQ=");
	}

	@Test
	void aWebhookWithoutAnEffectIsRefused() {
		assertRefused(WithoutEffect.class, "without @ExactlyOnceEffect", PROVIDER, SECRET);
	}

	@Test
	void twoSendersOnOnePathAreRefused() {
		assertRefused(TwoSenders.class, "two webhooks, 'github' and 'other'", PROVIDER, SECRET,
				"idempotency.webhooks.other.provider=stripe", "idempotency.webhooks.other.secrets=secret");
	}

	@Test
	void outcomesMustBeRememberedLongerThanTheSenderRepeats() {
		assertRefused(Receiver.class, "more than PT72H", PROVIDER, SECRET, "idempotency.inbox.retention=3d");
		assertRefused(Receiver.class, "more than PT240H", PROVIDER, SECRET,
				"idempotency.webhooks.github.redelivery-horizon=10d", "idempotency.flows.github.retention=10d");
		assertStarts("delivered again by hand after PT96H it is a new effect; GITHUB allows that for PT168H", PROVIDER,
				SECRET, "idempotency.inbox.retention=4d");
		assertStarts("identity: id of the delivery", PROVIDER, SECRET,
				"idempotency.webhooks.github.redelivery-horizon=1h", "idempotency.inbox.retention=2h");
	}

	private void assertStarts(String remark, String... properties) {
		this.runner.withUserConfiguration(Receiver.class)
			.withPropertyValues(properties)
			.run((context) -> assertThat(context.getBean(FlowCatalogue.class).toMarkdown()).contains(remark));
	}

	private void assertRefused(Class<?> receiver, String message, String... properties) {
		this.runner.withUserConfiguration(receiver)
			.withPropertyValues(properties)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(ContradictionException.class)
				.hasMessageContaining(message)
				.hasMessageNotContaining("c2hvcnQ"));
	}

	@RestController
	static class Receiver {

		@PostMapping("/github")
		@WebhookEndpoint("github")
		@ExactlyOnceEffect(flow = "github")
		void on() {
		}

	}

	@RestController
	static class WithoutEffect {

		@PostMapping("/github")
		@WebhookEndpoint("github")
		void on() {
		}

	}

	@RestController
	static class TwoSenders {

		@PostMapping(path = "/hooks", headers = "X-GitHub-Event")
		@WebhookEndpoint("github")
		@ExactlyOnceEffect(flow = "github")
		void github() {
		}

		@PostMapping("/hooks")
		@WebhookEndpoint("other")
		@ExactlyOnceEffect(flow = "other")
		void other() {
		}

	}

}
