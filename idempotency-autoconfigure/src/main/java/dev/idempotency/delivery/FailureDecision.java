// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Duration;

/**
 * What to do about a failed delivery.
 */
public sealed interface FailureDecision {

	/**
	 * Deliver again after a pause, not acknowledged meanwhile.
	 *
	 * @param pause how long
	 */
	record Retry(Duration pause) implements FailureDecision {
	}

	/**
	 * The message is set aside durably and may be acknowledged.
	 */
	record SetAside() implements FailureDecision {
	}

}
