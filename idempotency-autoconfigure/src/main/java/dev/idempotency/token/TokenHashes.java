// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Length-prefixed parts, so that no two lists of parts have the same bytes.
 */
final class TokenHashes {

	private static final String HMAC = "HmacSHA256";

	private TokenHashes() {
	}

	/**
	 * Enough for what nobody can guess.
	 */
	static byte[] sha256(String... parts) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes(parts));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * For what anybody could try out who has the hash.
	 */
	static byte[] hmac(byte[] key, String... parts) {
		try {
			Mac mac = Mac.getInstance(HMAC);
			mac.init(new SecretKeySpec(key, HMAC));
			return mac.doFinal(bytes(parts));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	private static byte[] bytes(String... parts) {
		byte[][] encoded = new byte[parts.length][];
		int length = 0;
		for (int i = 0; i < parts.length; i++) {
			encoded[i] = parts[i].getBytes(StandardCharsets.UTF_8);
			length += Integer.BYTES + encoded[i].length;
		}
		ByteBuffer buffer = ByteBuffer.allocate(length);
		for (byte[] part : encoded) {
			buffer.putInt(part.length).put(part);
		}
		return buffer.array();
	}

}
