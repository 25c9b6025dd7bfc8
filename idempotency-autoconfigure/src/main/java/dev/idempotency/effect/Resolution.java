// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

/**
 * How an effect leaves doubt.
 */
public enum Resolution {

	/** It happened: it is completed, without a result. */
	HAPPENED,

	/**
	 * It is known not to have happened: the next call runs it, under a new provider key.
	 */
	DID_NOT_HAPPEN,

	/**
	 * It is not known and shall be run again all the same: the next call runs it, under
	 * the same provider key. It may then have happened twice.
	 */
	RETRY,

	/** It is given up: it is rejected and never run. */
	GIVE_UP

}
