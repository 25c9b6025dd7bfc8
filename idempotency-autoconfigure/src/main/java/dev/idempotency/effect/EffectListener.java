// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears every decision. Called on the deciding thread; must be quick. What a listener
 * throws is logged and never reaches the effect.
 */
@FunctionalInterface
public interface EffectListener {

	/** Hears nothing. */
	EffectListener NO_OP = (event) -> {
	};

	/**
	 * Called after each decision.
	 * @param event what was decided
	 */
	void on(EffectEvent event);

	/**
	 * Joins listeners into one that shields the caller from their failures.
	 * @param listeners who listens
	 * @return the joined listener
	 */
	static EffectListener all(List<? extends EffectListener> listeners) {
		Logger logger = LoggerFactory.getLogger(EffectListener.class);
		return (event) -> {
			for (EffectListener listener : listeners) {
				try {
					listener.on(event);
				}
				catch (RuntimeException ex) {
					logger.warn("Effect listener {} failed on {}", listener, event, ex);
				}
			}
		};
	}

}
