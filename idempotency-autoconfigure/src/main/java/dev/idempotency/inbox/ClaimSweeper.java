// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.List;

import dev.idempotency.effect.EffectListener;

/**
 * Judges by its contract every claim that nobody works on any more. Any number of nodes
 * may sweep at the same time.
 */
public final class ClaimSweeper {

	private final ClaimStore store;

	private final ClaimSteps steps;

	private final int batchSize;

	/**
	 * Creates a sweeper.
	 * @param store remembers claims
	 * @param listener hears every decision
	 * @param batchSize how many claims are judged at once at most
	 */
	public ClaimSweeper(ClaimStore store, EffectListener listener, int batchSize) {
		this.store = store;
		this.steps = new ClaimSteps(store, listener);
		this.batchSize = batchSize;
	}

	/**
	 * Judges the oldest abandoned claims.
	 * @return how many were judged here
	 */
	public int sweep() {
		List<StoredClaim> abandoned = this.store.abandoned(this.batchSize);
		int judged = 0;
		for (StoredClaim claim : abandoned) {
			boolean here = (claim.state() == ClaimState.CLAIMED) ? this.steps.expire(claim)
					: this.steps.giveUp(claim, "The provider may no longer recognise its key, and nobody repeated it");
			judged += here ? 1 : 0;
		}
		return judged;
	}

}
