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
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration for observations and the trace context of messages.
 */
@AutoConfiguration(before = IdempotencyAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class IdempotencyObservationAutoConfiguration {

	private static final boolean METERS_PRESENT = ClassUtils.isPresent(
			"io.micrometer.core.instrument.observation.MeterObservationHandler",
			IdempotencyObservationAutoConfiguration.class.getClassLoader());

	IdempotencyObservationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(EffectObservation.class)
	EffectObservations effectObservations(ObservationRegistry registry,
			ObjectProvider<ObservationHandler<?>> handlers) {
		return new EffectObservations(registry,
				SingletonSupplier.of(() -> handlers.stream().anyMatch((handler) -> !measures(handler)))::obtain);
	}

	/**
	 * How long claims and effects take is a meter anyway, and an observation costs as
	 * much as a small effect's own work; who only measures does not pay for more of them.
	 */
	private static boolean measures(ObservationHandler<?> handler) {
		return METERS_PRESENT && handler instanceof MeterObservationHandler<?>;
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
