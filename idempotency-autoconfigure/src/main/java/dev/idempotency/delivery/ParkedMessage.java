// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A message set aside: not lost, not applied.
 *
 * @param flow the flow that could not apply it
 * @param reason why
 * @param transport the broker it came from
 * @param channel topic or queue it came from
 * @param position its original position
 * @param key record key or routing key
 * @param headers its headers
 * @param body its bytes as they arrived, where the broker's client still has them
 * @param attempts how often it was tried
 * @param cause what failed
 */
public record ParkedMessage(String flow, Reason reason, String transport, String channel, String position,
		@Nullable String key, Map<String, String> headers, byte[] body, int attempts, String cause) {

	public ParkedMessage {
		headers = Map.copyOf(headers);
	}

	/**
	 * Why a message was set aside.
	 */
	public enum Reason {

		/** Its business code failed as often as the flow allows. */
		ATTEMPTS_EXHAUSTED,

		/** The same id came before with other content. */
		COLLISION,

		/** It has no usable identity. */
		NO_IDENTITY,

		/** It cannot be read or converted. */
		UNREADABLE

	}

}
