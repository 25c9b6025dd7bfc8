// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Identity of an effect: who consumes, where the id comes from, and the id. Two keys are
 * the same only if all three are the same, byte for byte: ids that differ in case or in a
 * trailing blank are different effects.
 */
public final class EffectKey {

	/** Longest flow name in characters. */
	public static final int MAX_CONSUMER_LENGTH = 100;

	/** Longest source or id in characters. */
	public static final int MAX_LENGTH = 1024;

	private static final int PLACE_LENGTH = 6;

	private final String consumer;

	private final String source;

	private final String id;

	/** Made when first asked for; a claim asks several times. */
	private volatile byte @Nullable [] hash;

	/**
	 * Creates a key.
	 * @param consumer the flow, 1 to {@value #MAX_CONSUMER_LENGTH} characters
	 * @param source the origin in which {@code id} is unique, 1 to {@value #MAX_LENGTH}
	 * characters (CloudEvents 1.0: {@code source} + {@code id} is unique)
	 * @param id the id, 1 to {@value #MAX_LENGTH} characters
	 */
	public EffectKey(String consumer, String source, String id) {
		this.consumer = check("consumer", consumer, MAX_CONSUMER_LENGTH);
		this.source = check("source", source, MAX_LENGTH);
		this.id = check("id", id, MAX_LENGTH);
	}

	/**
	 * Who consumes.
	 * @return the flow
	 */
	public String consumer() {
		return this.consumer;
	}

	/**
	 * The origin in which the id is unique.
	 * @return the source
	 */
	public String source() {
		return this.source;
	}

	/**
	 * The id.
	 * @return the id
	 */
	public String id() {
		return this.id;
	}

	/**
	 * SHA-256 over the length-prefixed UTF-8 parts: fixed length, so no database
	 * collation, padding or truncation can make two keys equal. Where the id carries a
	 * time or a number (UUID version 7, ULID, digits at its end), that takes the place of
	 * the first six bytes, so that rows lie in the order of their ids.
	 * @return 32 bytes
	 */
	public byte[] hash() {
		byte[] known = this.hash;
		if (known == null) {
			known = placed(digest(this.consumer, this.source, this.id));
			this.hash = known;
		}
		return known.clone();
	}

	/**
	 * Id of the {@code ordinal}-th message this effect sends. The same effect derives the
	 * same ids whenever it runs again. Where the effect's own id carries a time or a
	 * number, they carry it on.
	 * @param ordinal position of the message within the effect, from 0
	 * @return a name-based id in the text form of RFC 9562, version 8
	 */
	public String messageId(int ordinal) {
		ByteBuffer digest = ByteBuffer
			.wrap(placed(digest(this.consumer, this.source, this.id, Integer.toString(ordinal))));
		long high = (digest.getLong() & 0xffffffffffff0fffL) | 0x8000L;
		long low = (digest.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
		return new UUID(high, low).toString();
	}

	private byte[] placed(byte[] digest) {
		long place = OrderedId.place(this.id);
		if (place >= 0) {
			byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(place).array();
			System.arraycopy(bytes, Long.BYTES - PLACE_LENGTH, digest, 0, PLACE_LENGTH);
		}
		return digest;
	}

	private static byte[] digest(String... parts) {
		MessageDigest digest = sha256();
		for (String part : parts) {
			byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
			digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
			digest.update(bytes);
		}
		return digest.digest();
	}

	static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static String check(String name, String value, int max) {
		Objects.requireNonNull(value, name);
		if (value.isBlank()) {
			throw new InvalidIdentityException("The " + name + " of an effect key is blank");
		}
		if (value.length() > max) {
			throw new InvalidIdentityException("The " + name + " of an effect key has " + value.length()
					+ " characters, at most " + max + " are allowed: '" + value.substring(0, 40) + "...'");
		}
		return value;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof EffectKey that && this.id.equals(that.id) && this.source.equals(that.source)
				&& this.consumer.equals(that.consumer);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.consumer, this.source, this.id);
	}

	@Override
	public String toString() {
		return "EffectKey[consumer=" + this.consumer + ", source=" + this.source + ", id=" + this.id + "]";
	}

}
