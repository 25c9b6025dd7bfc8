// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes of fixed length over texts that a collation must not compare.
 */
final class Hashes {

	private final MessageDigest digest;

	private Hashes() {
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	static byte[] of(String... parts) {
		return of(new byte[0], parts);
	}

	static byte[] of(byte[] content, String... parts) {
		Hashes hashes = new Hashes();
		for (String part : parts) {
			hashes.add(part.getBytes(StandardCharsets.UTF_8));
		}
		hashes.add(content);
		return hashes.digest.digest();
	}

	private void add(byte[] part) {
		this.digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
		this.digest.update(part);
	}

}
