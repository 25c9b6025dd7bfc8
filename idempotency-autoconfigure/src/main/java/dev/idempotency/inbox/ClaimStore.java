// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.List;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers external effects. Every call is one atomic step in a transaction of its own,
 * never the caller's, decided by one conditional statement and by the clock of the store.
 * A lost race is a value. A step whose answer is lost may have happened or not.
 */
public interface ClaimStore {

	/**
	 * Begins the first life of a claim.
	 * @param request what to store
	 * @return {@code null} if it was stored, else the claim that was there before
	 * @throws UnprotectedEffectException if what is there cannot be understood
	 */
	@Nullable StoredClaim open(ClaimRequest request);

	/**
	 * Begins the next life of a claim that is {@link ClaimState#RETRYABLE}. If an attempt
	 * may have reached the outside, this is only done while the provider's window stays
	 * open for another lease, and the window is not prolonged; else the window begins
	 * anew and attempts are counted from 1. What somebody had run again under its key is
	 * begun in any case, but in the window that is open.
	 * @param request what to store
	 * @param seen the claim as it was found
	 * @return {@code false} if it has changed
	 */
	boolean takeOver(ClaimRequest request, StoredClaim seen);

	/**
	 * Prolongs the lease of a claim.
	 * @param id the claim and its life
	 * @param lease how long from now
	 * @return {@code false} if this life has ended
	 */
	boolean renew(ClaimId id, Duration lease);

	/**
	 * Makes a step.
	 * @param change the step
	 * @return {@code false} if the claim is not where the step begins
	 */
	boolean change(ClaimChange change);

	/**
	 * Looks a claim up.
	 * @param key the effect
	 * @return the claim, {@code null} if there is none
	 * @throws UnprotectedEffectException if what is there cannot be understood
	 */
	@Nullable StoredClaim find(EffectKey key);

	/**
	 * Claims that nobody works on: the lease is over, or the window closed behind an
	 * attempt that may have reached the outside.
	 * @param limit how many at most
	 * @return the oldest
	 */
	List<StoredClaim> abandoned(int limit);

}
