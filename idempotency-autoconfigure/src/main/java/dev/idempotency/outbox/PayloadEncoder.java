// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import org.jspecify.annotations.Nullable;

/**
 * Turns a payload into bytes while the transaction is still open, so that what cannot be
 * sent is refused where it is written.
 */
@FunctionalInterface
public interface PayloadEncoder {

	/**
	 * Encodes a payload.
	 * @param payload the payload
	 * @param contentType the wanted media type, if any
	 * @return bytes and their media type
	 * @throws OutboxException if it cannot be encoded
	 */
	Encoded encode(Object payload, @Nullable String contentType);

	/**
	 * An encoded payload.
	 *
	 * @param contentType its media type
	 * @param body its bytes
	 */
	record Encoded(String contentType, byte[] body) {
	}

}
