// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

/**
 * Decides on a delivery by its headers and raw bytes alone. Touches no database and no
 * clock.
 */
@FunctionalInterface
interface WebhookVerifier {

	/**
	 * Verifies the signature, then reads the identity.
	 */
	Verification verify(WebhookRequest request);

}
