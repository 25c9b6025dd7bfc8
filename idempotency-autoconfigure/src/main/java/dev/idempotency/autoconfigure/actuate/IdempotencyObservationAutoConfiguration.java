// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.outbox.ContextCarrier;
import dev.idempotency.relay.SendObservation;
import dev.idempotency.sli.EffectObservations;
import dev.idempotency.sli.ObservedContext;
import dev.idempotency.sli.SendObservations;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for observations and the trace context of messages.
 */
@AutoConfiguration(before = IdempotencyAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class IdempotencyObservationAutoConfiguration {

	IdempotencyObservationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(EffectObservation.class)
	EffectObservations effectObservations(ObservationRegistry registry) {
		return new EffectObservations(registry);
	}

	@Bean
	@ConditionalOnMissingBean(SendObservation.class)
	SendObservations sendObservations(ObservationRegistry registry) {
		return new SendObservations(registry);
	}

	@Bean
	@ConditionalOnMissingBean(ContextCarrier.class)
	ObservedContext outboxContext(ObservationRegistry registry) {
		return new ObservedContext(registry);
	}

}
