// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * Signs the identities of messages, so that nobody without a key can use up an id before
 * its message comes. A signature is the name of the key, a dot, and a HMAC-SHA-256 over
 * the origin and the id in URL-safe Base64.
 */
public final class SigningKeys {

	/** Fewest bytes of a key. */
	public static final int LEAST_LENGTH = 32;

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,40}");

	private static final String HMAC = "HmacSHA256";

	/** Keeps a key that is used for something else as well from vouching for ids. */
	private static final String DOMAIN = "idempotency-signed-id-1";

	private final Map<String, byte[]> keys;

	private final @Nullable String active;

	/**
	 * Creates keys.
	 * @param keys keys of {@value #LEAST_LENGTH} bytes or more by their names; all are
	 * believed
	 * @param active name of the key that signs, {@code null} to sign nothing
	 * @throws IllegalArgumentException if a name or key is unusable, or the active one is
	 * missing
	 */
	public SigningKeys(Map<String, byte[]> keys, @Nullable String active) {
		this.keys = new TreeMap<>(keys);
		this.active = active;
		this.keys.forEach((name, key) -> {
			if (!NAME.matcher(name).matches()) {
				throw new IllegalArgumentException("names of 1 to 40 letters, digits, '-' and '_', not '" + name + "'");
			}
			if (key.length < LEAST_LENGTH) {
				throw new IllegalArgumentException("keys of " + LEAST_LENGTH + " bytes or more, which '" + name
						+ "' is not; make one with: openssl rand -base64 32");
			}
		});
		if (active != null && !this.keys.containsKey(active)) {
			throw new IllegalArgumentException(
					"a key called '" + active + "', because it is the active one; known are " + this.keys.keySet());
		}
	}

	/**
	 * Whether there is no key, so that nothing is believed.
	 * @return {@code true} if there is none
	 */
	public boolean isEmpty() {
		return this.keys.isEmpty();
	}

	/**
	 * Signs an identity with the active key.
	 * @param source the origin
	 * @param id the id
	 * @return the signature, {@code null} if no key is active
	 */
	public @Nullable String sign(String source, String id) {
		byte[] key = (this.active != null) ? this.keys.get(this.active) : null;
		return (key != null)
				? this.active + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(key, source, id))
				: null;
	}

	/**
	 * Whether one of the keys signed an identity.
	 * @param source the origin
	 * @param id the id
	 * @param signature what came with it, may be anything
	 * @return {@code false} if there is no signature or it is of no key known here
	 */
	public boolean isGenuine(String source, String id, @Nullable String signature) {
		int dot = (signature != null) ? signature.indexOf('.') : -1;
		byte[] key = (signature != null && dot > 0) ? this.keys.get(signature.substring(0, dot)) : null;
		return signature != null && key != null
				&& MessageDigest.isEqual(hmac(key, source, id), decoded(signature.substring(dot + 1)));
	}

	private static byte[] decoded(String text) {
		try {
			return Base64.getUrlDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
	}

	private static byte[] hmac(byte[] key, String... parts) {
		try {
			Mac mac = Mac.getInstance(HMAC);
			mac.init(new SecretKeySpec(key, HMAC));
			update(mac, DOMAIN);
			for (String part : parts) {
				update(mac, part);
			}
			return mac.doFinal();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	private static void update(Mac mac, String part) {
		byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
		mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
		mac.update(bytes);
	}

	/**
	 * Says nothing of the keys.
	 */
	@Override
	public String toString() {
		return "keys " + this.keys.keySet() + ", active " + this.active;
	}

}
