// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.function.BooleanSupplier;

import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectResult;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes the steps of an effect: {@code idempotency.effect} always,
 * {@code idempotency.claim} and {@code idempotency.body} for those who want to see where
 * its time goes. The flow and the result are low-cardinality, the message id goes to
 * traces only.
 */
public final class EffectObservations implements EffectObservation {

	private final ObservationRegistry registry;

	private final BooleanSupplier detailed;

	/**
	 * Creates the adapter.
	 * @param registry where observations go
	 * @param detailed whether the steps within an effect are observed as well; asked for
	 * each effect
	 */
	public EffectObservations(ObservationRegistry registry, BooleanSupplier detailed) {
		this.registry = registry;
		this.detailed = detailed;
	}

	@Override
	public <T extends @Nullable Object> T observe(Step step, EffectKey key, EffectBody<T> body) throws Throwable {
		if (step != Step.EFFECT && !this.detailed.getAsBoolean()) {
			return body.run();
		}
		IdempotencyObservations documentation = IdempotencyObservations.of(step);
		Observation observation = documentation.observation(this.registry)
			.lowCardinalityKeyValue("flow", key.consumer())
			.highCardinalityKeyValue("message.source", key.source())
			.highCardinalityKeyValue("message.id", key.id());
		observation.start();
		try (Observation.Scope scope = observation.openScope()) {
			T result = body.run();
			observation.lowCardinalityKeyValue("result", result(result));
			return result;
		}
		catch (Throwable ex) {
			observation.lowCardinalityKeyValue("result", "failed");
			observation.error(ex);
			throw ex;
		}
		finally {
			observation.stop();
		}
	}

	private static String result(@Nullable Object result) {
		return (result instanceof EffectResult.Duplicate<?>) ? "duplicate" : "ok";
	}

}
