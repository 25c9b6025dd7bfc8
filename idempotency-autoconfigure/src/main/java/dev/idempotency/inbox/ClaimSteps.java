// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.EffectListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a claim that anybody may take who finds it where it is, each counted once:
 * by whoever took it.
 */
final class ClaimSteps {

	private static final Logger logger = LoggerFactory.getLogger(ClaimSteps.class);

	private final ClaimStore store;

	private final EffectListener listener;

	ClaimSteps(ClaimStore store, EffectListener listener) {
		this.store = store;
		this.listener = listener;
	}

	/**
	 * A claim whose owner gave no sign of life for its lease. What is safe to repeat may
	 * be repeated; the rest is never begun again by itself.
	 */
	boolean expire(StoredClaim claim) {
		String reason = "The lease ended without an outcome: owner " + claim.owner() + " died, was paused, "
				+ "or could not reach the database";
		boolean repeatable = claim.contract() == EffectContract.EXTERNAL_WITH_KEY;
		boolean taken = this.store.change(repeatable ? ClaimChange.repeatable(claim.id(), true, reason)
				: ClaimChange.doubtful(claim.id(), ClaimState.CLAIMED, true, reason));
		if (taken && repeatable) {
			retryable(claim.key());
		}
		else if (taken) {
			doubtful(claim.key(), reason);
		}
		return taken;
	}

	/**
	 * A claim that may have been seen outside and must not be repeated any more.
	 */
	boolean giveUp(StoredClaim claim, String reason) {
		boolean taken = this.store.change(ClaimChange.doubtful(claim.id(), ClaimState.RETRYABLE, false, reason));
		if (taken) {
			doubtful(claim.key(), reason);
		}
		return taken;
	}

	void retryable(EffectKey key) {
		this.listener.on(new EffectEvent.Retryable(key.consumer(), key));
	}

	void doubtful(EffectKey key, String reason) {
		logger.error("Effect {} is in doubt. {}", key, reason);
		this.listener.on(new EffectEvent.InDoubt(key.consumer(), key));
	}

}
