// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.io.IOException;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class UnknownPropertiesTests {

	private final ApplicationContextRunner runner = OutboxContexts.runner();

	@ParameterizedTest
	@ValueSource(strings = { "idempotency.flow.orders.inbox=id", "idempotency.flows.orders.inbx=id",
			"idempotency.flows.orders.paid.inbox=id", "idempotency.inbox.retension=1d",
			"idempotency.outbox.relay.batch=1", "idempotency.retention=1d" })
	void whatNothingReadsStopsTheStart(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(UnknownPropertiesException.class)
				.hasMessageContaining(property.substring(0, property.indexOf('='))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "idempotency.flows.orders.inbox=id", "idempotency.flows[orders.paid].inbox=id",
			"idempotency.flows.orders.maxAttempts=3", "idempotency.flows.orders.external.hosts=a.example,b.example",
			"idempotency.flows.orders.external.hosts[0]=a.example", "idempotency.inbox.retention=20d",
			"idempotency.outbox.relay.destinations[kafka:orders]=park", "idempotency.web.key-header=Key",
			"idempotency.tokens.retention=1d", "idempotent.flows=none", "idempotency.flows.orders=",
			"idempotency.own.setting=1" })
	void whatSomebodyReadsOrMayReadDoesNot(String property) {
		String[] nameAndValue = property.split("=", 2);
		this.runner.withUserConfiguration(OwnConfiguration.class)
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("own", Map.of(nameAndValue[0], nameAndValue[1]))))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void theReportSaysWhereItIsSet() throws IOException {
		String yaml = "idempotency:\n  flows:\n    order.created:\n      inbox: id\n";
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("application.yml", new ByteArrayResource(yaml.getBytes(UTF_8), "application.yml"))
			.get(0);
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(source))
			.run((context) -> {
				FailureAnalysis analysis = new UnknownPropertiesFailureAnalyzer().analyze(context.getStartupFailure());
				assertThat(analysis).isNotNull();
				assertThat(analysis.getDescription()).contains("idempotency.flows.order.created.inbox", "4:14");
				assertThat(analysis.getAction()).contains("[order.created]");
			});
	}

	@ConfigurationProperties("idempotency.own")
	record Own(String setting) {
	}

	@EnableConfigurationProperties(Own.class)
	static class OwnConfiguration {

	}

}
