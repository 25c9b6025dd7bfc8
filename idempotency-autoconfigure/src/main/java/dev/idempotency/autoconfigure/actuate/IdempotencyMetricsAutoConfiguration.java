// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.sli.EffectMeters;
import dev.idempotency.sli.RelayMeters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for meters.
 */
@AutoConfiguration(after = IdempotencyAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class IdempotencyMetricsAutoConfiguration {

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

}
