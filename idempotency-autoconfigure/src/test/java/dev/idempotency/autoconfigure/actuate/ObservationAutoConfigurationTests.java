// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.actuate;

import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectObservation.Step;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class ObservationAutoConfigurationTests {

	private final List<String> started = new ArrayList<>();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IdempotencyObservationAutoConfiguration.class))
		.withBean(ObservationRegistry.class, () -> this.registry);

	@Test
	void whoOnlyMeasuresIsToldOfTheWholeEffect() {
		this.contexts.withBean(Measuring.class, () -> new Measuring(this.started)).run((context) -> {
			effect(context.getBean(Measuring.class), context.getBean(EffectObservation.class));
			assertThat(this.started).containsExactly("idempotency.effect");
		});
	}

	@Test
	void whoTracesIsToldOfItsStepsToo() {
		this.contexts.withBean(Tracing.class, () -> new Tracing(this.started)).run((context) -> {
			effect(context.getBean(Tracing.class), context.getBean(EffectObservation.class));
			assertThat(this.started).containsExactly("idempotency.effect", "idempotency.claim", "idempotency.body");
		});
	}

	private void effect(ObservationHandler<?> handler, EffectObservation observation) {
		this.registry.observationConfig().observationHandler(handler);
		EffectKey key = new EffectKey("flow", "source", "42");
		try {
			observation.observe(Step.EFFECT, key, () -> observation.<String>observe(Step.CLAIM, key, () -> "claimed")
					+ observation.<String>observe(Step.BODY, key, () -> "applied"));
		}
		catch (Throwable ex) {
			throw new AssertionError(ex);
		}
	}

	private static class Tracing implements ObservationHandler<Observation.Context> {

		private final List<String> started;

		Tracing(List<String> started) {
			this.started = started;
		}

		@Override
		public void onStart(Observation.Context context) {
			this.started.add(context.getName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	private static final class Measuring extends Tracing implements MeterObservationHandler<Observation.Context> {

		Measuring(List<String> started) {
			super(started);
		}

	}

}
