// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectObservation.Step;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.Outcome;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class EffectObservationsTests {

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final EffectObservations observations = new EffectObservations(this.registry, () -> true);

	private final EffectKey key = new EffectKey("flow", "source", "42");

	@Test
	void resultIsATagAndTheIdGoesToTracesOnly() throws Throwable {
		Object result = new EffectResult.Duplicate<>(Outcome.COMPLETED);
		assertThat(this.observations.<Object>observe(Step.EFFECT, this.key, () -> result)).isSameAs(result);
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasNameEqualTo("idempotency.effect")
			.hasLowCardinalityKeyValue("flow", "flow")
			.hasLowCardinalityKeyValue("result", "duplicate")
			.hasHighCardinalityKeyValue("message.id", "42")
			.hasBeenStopped();
	}

	@Test
	void exceptionPassesUnchanged() {
		IllegalStateException failure = new IllegalStateException("body");
		assertThatIllegalStateException().isThrownBy(() -> this.observations.observe(Step.BODY, this.key, () -> {
			throw failure;
		})).isSameAs(failure);
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasLowCardinalityKeyValue("result", "failed")
			.hasError(failure)
			.hasBeenStopped();
	}

	@Test
	void whoWantsNoDetailsSeesTheWholeAlone() throws Throwable {
		EffectObservations whole = new EffectObservations(this.registry, () -> false);
		assertThat(whole.<String>observe(Step.EFFECT, this.key,
				() -> whole.<String>observe(Step.CLAIM, this.key, () -> "claimed")))
			.isEqualTo("claimed");
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasNameEqualTo("idempotency.effect");
	}

}
