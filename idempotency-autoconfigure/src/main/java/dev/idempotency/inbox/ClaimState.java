// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

/**
 * Where an external effect stands.
 */
public enum ClaimState {

	/** Somebody runs it, or died while running it. */
	CLAIMED,

	/** It may be run by the next call: surely not executed, or safe to repeat. */
	RETRYABLE,

	/** It may have happened. Only a reconciler or a person leads out. */
	IN_DOUBT,

	/** It happened. */
	COMPLETED,

	/** It was decided not to happen. */
	REJECTED;

	/**
	 * Whether it is decided for good.
	 * @return {@code true} if nothing is left to do
	 */
	public boolean isFinished() {
		return this == COMPLETED || this == REJECTED;
	}

}
