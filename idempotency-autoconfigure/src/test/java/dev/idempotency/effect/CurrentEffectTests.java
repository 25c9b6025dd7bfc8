// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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

	@Test
	void aBatchSendsForOneMessageAtATimeWhoseIdsDoNotDependOnTheBatch() {
		EffectKey second = new EffectKey("outer", "s", "2");
		try (CurrentEffect batch = CurrentEffect.enterBatch(List.of(this.outer, second))) {
			assertThatIllegalStateException().isThrownBy(batch::nextMessageId)
				.withMessageContaining("ofMessage(index)");
			for (int round = 0; round < 2; round++) {
				try (CurrentEffect message = CurrentEffect.ofMessage(1)) {
					assertThat(CurrentEffect.get()).isSameAs(message);
					assertThat(message.nextMessageId()).isEqualTo(second.messageId(round));
				}
			}
			assertThat(CurrentEffect.get()).isSameAs(batch);
			EffectAssert.assertInsideEffect("outer");
			assertThatExceptionOfType(ReentrantEffectException.class).isThrownBy(() -> CurrentEffect.enter(second));
		}
		assertThat(CurrentEffect.get()).isNull();
	}

	@Test
	void onlyABatchHasMessages() {
		assertThatIllegalStateException().isThrownBy(() -> CurrentEffect.ofMessage(0));
		try (CurrentEffect single = CurrentEffect.enter(this.outer)) {
			assertThat(single.isBatch()).isFalse();
			assertThatIllegalStateException().isThrownBy(() -> CurrentEffect.ofMessage(0));
		}
	}

}
