// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Position;
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
 * @param identity what its effect was to be known by, {@code null} if it had no usable
 * identity
 * @param place place in a stream that is accounted for by setting it aside, {@code null}
 * for none
 */
public record ParkedMessage(String flow, Reason reason, String transport, String channel, String position,
		@Nullable String key, Map<String, String> headers, byte[] body, int attempts, String cause,
		@Nullable EffectKey identity, @Nullable Position place) {

	public ParkedMessage {
		headers = Map.copyOf(headers);
	}

	/**
	 * A message that has no place in a stream.
	 * @param flow the flow that could not apply it
	 * @param reason why
	 * @param transport the broker it came from
	 * @param channel topic or queue it came from
	 * @param position its original position
	 * @param key record key or routing key
	 * @param headers its headers
	 * @param body its bytes
	 * @param attempts how often it was tried
	 * @param cause what failed
	 * @param identity what its effect was to be known by
	 */
	public ParkedMessage(String flow, Reason reason, String transport, String channel, String position,
			@Nullable String key, Map<String, String> headers, byte[] body, int attempts, String cause,
			@Nullable EffectKey identity) {
		this(flow, reason, transport, channel, position, key, headers, body, attempts, cause, identity, null);
	}

	/**
	 * Media type of the body, as far as its headers tell.
	 */
	String contentType() {
		return this.headers.getOrDefault("content-type", "application/octet-stream");
	}

	/**
	 * Tells one message set aside from another where a position alone does not.
	 */
	String digest() {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (Object part : new Object[] { this.flow, this.transport, this.channel, this.position,
					new TreeMap<>(this.headers) }) {
				digest.update(part.toString().getBytes(StandardCharsets.UTF_8));
				digest.update((byte) 0);
			}
			return HexFormat.of().formatHex(digest.digest(this.body));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
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
		UNREADABLE,

		/**
		 * It is not known whether its external effect happened. A replay does what was
		 * decided about that meanwhile.
		 */
		IN_DOUBT

	}

}
