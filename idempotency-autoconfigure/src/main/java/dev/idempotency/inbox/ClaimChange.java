// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;

import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * A step of the state machine. It happens only if the claim is still in the life and the
 * state it begins in. A step out of {@link ClaimState#IN_DOUBT} begins a new life.
 *
 * @param id the claim and its life
 * @param from the state it must be in
 * @param to the state it gets into
 * @param afterLease whether it happens only if the lease is over
 * @param reached whether an attempt may have reached the outside
 * @param newKey whether the next attempt is to use another provider key
 * @param keep how long the row is kept at least, {@code null} for until it is decided
 * @param reason why, for people; {@code null} for what is stored
 * @param result what the body returned, {@code null} for nothing
 */
public record ClaimChange(ClaimId id, ClaimState from, ClaimState to, boolean afterLease, boolean reached,
		boolean newKey, @Nullable Duration keep, @Nullable String reason, @Nullable StoredResult result) {

	static ClaimChange finished(ClaimId id, ClaimState to, Duration keep, @Nullable StoredResult result) {
		return new ClaimChange(id, ClaimState.CLAIMED, to, false, true, false, keep, null, result);
	}

	/**
	 * Finished, because somebody decided so.
	 */
	static ClaimChange decided(ClaimId id, ClaimState to, Duration keep, String reason) {
		return new ClaimChange(id, ClaimState.IN_DOUBT, to, false, true, false, keep, reason, null);
	}

	/**
	 * Ready for the next call, which repeats what may have been seen outside.
	 */
	static ClaimChange repeatable(ClaimId id, boolean afterLease, String reason) {
		return new ClaimChange(id, ClaimState.CLAIMED, ClaimState.RETRYABLE, afterLease, true, false, null, reason,
				null);
	}

	/**
	 * Ready for the next call, because this one surely did nothing.
	 */
	static ClaimChange notExecuted(ClaimId id, boolean reached, Duration keep, String reason) {
		return new ClaimChange(id, ClaimState.CLAIMED, ClaimState.RETRYABLE, false, reached, false,
				reached ? null : keep, reason, null);
	}

	static ClaimChange doubtful(ClaimId id, ClaimState from, boolean afterLease, String reason) {
		return new ClaimChange(id, from, ClaimState.IN_DOUBT, afterLease, true, false, null, reason, null);
	}

	/**
	 * Ready for the next call, because somebody decided so.
	 */
	static ClaimChange released(ClaimId id, boolean newKey, Duration keep, String reason) {
		return new ClaimChange(id, ClaimState.IN_DOUBT, ClaimState.RETRYABLE, false, false, newKey, keep, reason, null);
	}

}
