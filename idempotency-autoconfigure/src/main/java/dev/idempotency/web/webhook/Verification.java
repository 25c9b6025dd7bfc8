// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

/**
 * What became of the look at a delivery.
 */
sealed interface Verification {

	/**
	 * It is from whom it says.
	 *
	 * @param id what the sender calls it, at every attempt
	 * @param comparable whether its body is the same at every attempt
	 */
	record Genuine(String id, boolean comparable) implements Verification {
	}

	/**
	 * It may be from anybody.
	 *
	 * @param reason why
	 */
	record Forged(String reason) implements Verification {
	}

	/**
	 * It is genuine and has no identity.
	 *
	 * @param reason what is missing
	 */
	record Nameless(String reason) implements Verification {
	}

}
