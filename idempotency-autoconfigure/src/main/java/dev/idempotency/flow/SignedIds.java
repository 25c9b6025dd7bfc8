// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

/**
 * Whether a flow believes ids that nobody signed.
 */
public enum SignedIds {

	/** Signatures are not looked at. */
	IGNORED,

	/** Messages without a signature of a known key are refused and set aside. */
	REQUIRED

}
