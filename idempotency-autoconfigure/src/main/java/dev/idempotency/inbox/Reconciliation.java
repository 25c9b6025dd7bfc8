// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.EffectReconciler;
import dev.idempotency.effect.EffectReconciler.Answer;
import dev.idempotency.effect.InDoubtEffect;
import dev.idempotency.effect.Resolution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the reconcilers of the flows about their effects in doubt.
 */
public final class Reconciliation {

	private static final Logger logger = LoggerFactory.getLogger(Reconciliation.class);

	private static final String BY = "reconciler";

	private final Map<String, EffectReconciler> reconcilers = new LinkedHashMap<>();

	private final DoubtStore doubts;

	private final InDoubtEffects effects;

	private final Duration pause;

	private final int batchSize;

	/**
	 * Creates the rounds.
	 * @param reconcilers at most one per flow
	 * @param doubts reads the effects in doubt
	 * @param effects decides
	 * @param pause how long an effect is left alone once its reconciler was asked
	 * @param batchSize how many effects one round asks about at most
	 */
	public Reconciliation(List<EffectReconciler> reconcilers, DoubtStore doubts, InDoubtEffects effects, Duration pause,
			int batchSize) {
		for (EffectReconciler reconciler : reconcilers) {
			EffectReconciler other = this.reconcilers.put(reconciler.flow(), reconciler);
			if (other != null) {
				throw new IllegalArgumentException(
						"Flow '" + reconciler.flow() + "' has two reconcilers, " + other.getClass().getName() + " and "
								+ reconciler.getClass().getName() + "; one must decide, so remove one");
			}
		}
		this.doubts = doubts;
		this.effects = effects;
		this.pause = pause;
		this.batchSize = batchSize;
	}

	/**
	 * Asks about the oldest.
	 * @return how many left doubt
	 */
	public int reconcile() {
		if (this.reconcilers.isEmpty()) {
			return 0;
		}
		int resolved = 0;
		for (InDoubtEffect effect : this.doubts.toAsk(this.reconcilers.keySet(), this.pause, this.batchSize)) {
			EffectReconciler reconciler = this.reconcilers.get(effect.key().consumer());
			if (reconciler != null && resolve(reconciler, effect)) {
				resolved++;
			}
		}
		return resolved;
	}

	private boolean resolve(EffectReconciler reconciler, InDoubtEffect effect) {
		return switch (ask(reconciler, effect)) {
			case HAPPENED -> this.effects.resolve(effect, Resolution.HAPPENED, BY);
			case DID_NOT_HAPPEN -> this.effects.resolve(effect, Resolution.DID_NOT_HAPPEN, BY);
			case UNKNOWN -> false;
		};
	}

	private static Answer ask(EffectReconciler reconciler, InDoubtEffect effect) {
		try {
			return reconciler.reconcile(effect);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Answer.UNKNOWN;
		}
		catch (Throwable ex) {
			logger.warn("The reconciler of flow {} could not tell about effect {}, which stays in doubt",
					effect.key().consumer(), effect.key(), ex);
			return Answer.UNKNOWN;
		}
	}

}
