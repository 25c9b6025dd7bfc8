// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

/**
 * Tells what a failure of an external effect's body says about the effect.
 */
@FunctionalInterface
public interface FailureRule {

	/**
	 * Judges a failure.
	 * @param failure what the body threw
	 * @return what it says
	 */
	Verdict judge(Throwable failure);

	/**
	 * What a failure says.
	 */
	enum Verdict {

		/** Nothing was sent: the effect surely did not happen. */
		NOT_EXECUTED,

		/** The outside world refused: the effect is decided, with no. */
		REJECTED,

		/** Nothing is known. */
		AMBIGUOUS

	}

}
