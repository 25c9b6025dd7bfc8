// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CurrentEffectTests {

	private final EffectKey outer = new EffectKey("outer", "s", "1");

	private final EffectKey inner = new EffectKey("inner", "s", "1");

	@Test
	void effectsNestAndUnwind() {
		try (CurrentEffect first = CurrentEffect.enter(this.outer)) {
			try (CurrentEffect second = CurrentEffect.enter(this.inner)) {
				assertThat(CurrentEffect.get()).isSameAs(second);
			}
			assertThat(CurrentEffect.get()).isSameAs(first);
		}
		assertThat(CurrentEffect.get()).isNull();
	}

	@Test
	void sameKeyOnTheSameThreadIsRefusedBecauseItWouldWaitForItself() {
		try (CurrentEffect first = CurrentEffect.enter(this.outer);
				CurrentEffect second = CurrentEffect.enter(this.inner)) {
			assertThatExceptionOfType(ReentrantEffectException.class).isThrownBy(() -> CurrentEffect.enter(this.outer))
				.withMessageContaining("outer");
			assertThat(CurrentEffect.get()).isSameAs(second).isNotSameAs(first);
		}
	}

	@Test
	void assertionNoticesABypassedProxy() {
		assertThatExceptionOfType(UnprotectedEffectException.class)
			.isThrownBy(() -> EffectAssert.assertInsideEffect("outer"))
			.withMessageContaining("outside of any effect");
		try (CurrentEffect effect = CurrentEffect.enter(this.outer)) {
			EffectAssert.assertInsideEffect(effect.key().consumer());
			assertThatExceptionOfType(UnprotectedEffectException.class)
				.isThrownBy(() -> EffectAssert.assertInsideEffect("inner"));
		}
	}

}
