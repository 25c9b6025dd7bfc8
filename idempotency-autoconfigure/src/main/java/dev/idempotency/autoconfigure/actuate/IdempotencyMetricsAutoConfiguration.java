// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import dev.idempotency.autoconfigure.BackgroundLoop;
import dev.idempotency.autoconfigure.ExternalAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyProperties;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.ParkedMessages;
import dev.idempotency.flow.FlowMode;
import dev.idempotency.inbox.InDoubtDepths;
import dev.idempotency.inbox.MissingMessages;
import dev.idempotency.relay.ParkedOutbox;
import dev.idempotency.sli.EffectMeters;
import dev.idempotency.sli.FlowModeMeters;
import dev.idempotency.sli.InDoubtMeters;
import dev.idempotency.sli.ParkedMeters;
import dev.idempotency.sli.RelayMeters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for meters.
 */
@AutoConfiguration(
		after = { IdempotencyAutoConfiguration.class, ExternalAutoConfiguration.class, OutboxAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class IdempotencyMetricsAutoConfiguration {

	private static final Duration COUNTED_EVERY = Duration.ofSeconds(10);

	IdempotencyMetricsAutoConfiguration() {
	}

	@Bean
	EffectMeters effectMeters(MeterRegistry registry) {
		return new EffectMeters(registry);
	}

	@Bean
	RelayMeters relayMeters(MeterRegistry registry) {
		return new RelayMeters(registry);
	}

	@Bean
	BackgroundLoop idempotencyFlowModes(MeterRegistry registry, ObjectProvider<FlowSwitch> switches) {
		FlowModeMeters meters = new FlowModeMeters(registry, () -> {
			Map<String, FlowMode> modes = new TreeMap<>();
			switches.stream().forEach((each) -> modes.putAll(each.modes()));
			return modes;
		});
		return new BackgroundLoop("flow-modes", meters::look, COUNTED_EVERY);
	}

	@Bean
	@ConditionalOnBean(InDoubtDepths.class)
	InDoubtMeters inDoubtMeters(MeterRegistry registry, InDoubtDepths depths) {
		InDoubtMeters meters = new InDoubtMeters(registry);
		depths.onCount(meters::show);
		return meters;
	}

	@Bean
	BackgroundLoop idempotencyParkedDepth(MeterRegistry registry, ParkedMessages incoming, ParkedOutbox outgoing,
			MissingMessages missing, IdempotencyProperties properties) {
		Duration after = properties.inbox().missingAfter();
		ParkedMeters meters = new ParkedMeters(registry, incoming::counts, outgoing::counts,
				() -> missing.counts(after));
		return new BackgroundLoop("parked-depth", meters::count, COUNTED_EVERY);
	}

}
