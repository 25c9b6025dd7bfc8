// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;

import dev.idempotency.effect.EffectKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores how an attempt ended, and asks again if the answer is lost.
 */
final class ClaimSettlement {

	private static final Logger logger = LoggerFactory.getLogger(ClaimSettlement.class);

	private static final int TRIES = 6;

	private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

	private final ClaimStore store;

	private final Pauses pauses;

	ClaimSettlement(ClaimStore store, Pauses pauses) {
		this.store = store;
		this.pauses = pauses;
	}

	/**
	 * Stores the end of an attempt. An interrupted thread stores it all the same.
	 * @return {@code false} if the claim was taken away meanwhile
	 */
	boolean store(EffectKey key, ClaimChange end) {
		boolean interrupted = Thread.interrupted();
		try {
			return tried(key, end);
		}
		catch (InterruptedException ex) {
			interrupted = true;
			return once(key, end, true);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean tried(EffectKey key, ClaimChange end) throws InterruptedException {
		Duration pause = FIRST_PAUSE;
		for (int tries = 1; tries < TRIES; tries++) {
			try {
				return once(key, end, tries > 1);
			}
			catch (RuntimeException ex) {
				logger.warn("The end of effect {} could not be stored, again in {} ms: {}", key, pause.toMillis(),
						ex.toString());
			}
			this.pauses.pause(pause);
			pause = pause.multipliedBy(2);
		}
		return once(key, end, true);
	}

	private boolean once(EffectKey key, ClaimChange end, boolean unanswered) {
		return this.store.change(end) || (unanswered && isStored(key, end));
	}

	/**
	 * Nobody else can have led this life of the claim there.
	 */
	private boolean isStored(EffectKey key, ClaimChange end) {
		StoredClaim stored = this.store.find(key);
		return stored != null && stored.fence() == end.id().fence() && stored.state() == end.to();
	}

}
