// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * A claim as it was found. Times are judged by the clock of the store.
 *
 * @param key the effect
 * @param contract the contract it was last claimed under
 * @param state where it stands
 * @param fence the number of its life, from 1
 * @param attempts how often it was begun since somebody last decided
 * @param reached whether an attempt may have reached the outside
 * @param owner who claimed it last
 * @param providerKey the idempotency key of its attempts, {@code null} if there is none
 * @param fingerprint digest of its content, {@code null} if there is none
 * @param leaseOver whether the last lease is over
 * @param windowOpen whether the provider surely recognises the key for another lease
 * @param result what it returned, {@code null} if nothing is stored
 */
public record StoredClaim(EffectKey key, EffectContract contract, ClaimState state, long fence, int attempts,
		boolean reached, String owner, @Nullable String providerKey, @Nullable Fingerprint fingerprint,
		boolean leaseOver, boolean windowOpen, @Nullable StoredResult result) {

	ClaimId id() {
		return new ClaimId(this.key.hash(), this.fence);
	}

	/**
	 * Whether an attempt may have reached the outside under a key. One that somebody had
	 * run again counts as not begun since, but its provider may know the key.
	 * @param key the key, {@code null} for none
	 * @return {@code false} if the next attempt surely is the first
	 */
	public boolean mayHaveReached(@Nullable String key) {
		return this.reached || (this.attempts == 0 && key != null && key.equals(this.providerKey));
	}

	boolean collidesWith(@Nullable Fingerprint other) {
		return this.fingerprint != null && other != null && !this.fingerprint.equals(other);
	}

}
