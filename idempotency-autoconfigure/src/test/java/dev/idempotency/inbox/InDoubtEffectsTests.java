// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.effect.EffectReconciler.Answer;
import dev.idempotency.effect.EffectResult;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.Outcome;
import dev.idempotency.effect.Resolution;
import org.junit.jupiter.api.Test;

import static dev.idempotency.effect.EffectContract.EXTERNAL_AT_MOST_ONCE;
import static dev.idempotency.effect.EffectContract.EXTERNAL_WITH_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The ways out of doubt.
 */
class InDoubtEffectsTests extends AbstractExternalEffects {

	@Test
	void whatDidNotHappenIsRunAgainUnderAnotherKey() throws Throwable {
		doubt(EXTERNAL_WITH_KEY);
		assertThat(inDoubt().resolve(this.table.oldest(1).get(0), Resolution.DID_NOT_HAPPEN, "op")).isTrue();
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void whatIsRetriedIsRunAgainUnderTheSameKey() throws Throwable {
		doubt(EXTERNAL_WITH_KEY);
		assertThat(inDoubt().resolve(this.table.oldest(1).get(0), Resolution.RETRY, "op")).isTrue();
		run(EXTERNAL_WITH_KEY);
		assertThat(this.keys).hasSize(2).allMatch(this.keys.get(0)::equals);
		assertThat(types()).contains("Resolved");
	}

	@Test
	void whatHappenedOrIsGivenUpIsNotRunAgain() throws Throwable {
		doubt(EXTERNAL_AT_MOST_ONCE);
		InDoubtEffect effect = this.table.oldest(1).get(0);
		assertThat(inDoubt().resolve(effect, Resolution.HAPPENED, "op")).isTrue();
		assertThat(inDoubt().resolve(effect, Resolution.RETRY, "late op")).isFalse();
		assertThat(run(EXTERNAL_AT_MOST_ONCE)).isEqualTo(new EffectResult.Duplicate<>(Outcome.COMPLETED));
		assertThat(this.events).filteredOn(EffectEvent.Resolved.class::isInstance)
			.containsExactly(new EffectEvent.Resolved("payment", KEY, Resolution.HAPPENED, "op"));
	}

	@Test
	void aReconcilerDecidesWhatItKnowsAndIsAskedAgainAboutTheRest() throws Throwable {
		doubt(EXTERNAL_AT_MOST_ONCE);
		List<Object> answers = new ArrayList<>(
				List.of(Answer.UNKNOWN, new IOException("away"), new NoClassDefFoundError("client"), Answer.HAPPENED));
		Reconciliation reconciliation = reconciliation((effect) -> {
			Object answer = answers.remove(0);
			if (answer instanceof IOException ex) {
				throw ex;
			}
			if (answer instanceof Error ex) {
				throw ex;
			}
			return (Answer) answer;
		});
		assertThat(reconciliation.reconcile()).isZero();
		assertThat(reconciliation.reconcile()).isZero();
		assertThat(answers).hasSize(3);
		this.table.advance(Duration.ofMinutes(1));
		assertThat(reconciliation.reconcile()).isZero();
		this.table.advance(Duration.ofMinutes(1));
		assertThat(reconciliation.reconcile()).isZero();
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.IN_DOUBT);
		this.table.advance(Duration.ofMinutes(1));
		assertThat(reconciliation.reconcile()).isOne();
		assertThat(this.table.find(KEY).state()).isEqualTo(ClaimState.COMPLETED);
	}

	@Test
	void twoReconcilersOfAFlowAreRefused() {
		EffectReconciler reconciler = reconciler((effect) -> Answer.UNKNOWN);
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new Reconciliation(List.of(reconciler, reconciler), this.table, inDoubt(), DAY, 1))
			.withMessageContaining("'payment' has two reconcilers");
	}

	private Reconciliation reconciliation(Asking asking) {
		return new Reconciliation(List.of(reconciler(asking)), this.table, inDoubt(), Duration.ofMinutes(1), 10);
	}

	private static EffectReconciler reconciler(Asking asking) {
		return new EffectReconciler() {

			@Override
			public String flow() {
				return "payment";
			}

			@Override
			public Answer reconcile(InDoubtEffect effect) throws Exception {
				return asking.ask(effect);
			}

		};
	}

	private void doubt(EffectContract contract) {
		this.table.advance(DAY);
		assertThatExceptionOfType(Died.class).isThrownBy(() -> die(contract));
		this.table.advance(DAY);
		sweep();
		sweep();
		assertThat(this.table.oldest(1)).hasSize(1);
	}

	private InDoubtEffects inDoubt() {
		return new InDoubtEffects(this.table, this.table, (flow) -> settings(), this.listener);
	}

	private interface Asking {

		Answer ask(InDoubtEffect effect) throws Exception;

	}

}
