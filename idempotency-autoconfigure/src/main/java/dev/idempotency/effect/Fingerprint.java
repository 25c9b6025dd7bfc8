// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Digest of an effect's canonical content. Same id with another fingerprint is a
 * collision, never a duplicate.
 */
public final class Fingerprint {

	private final byte[] digest;

	private Fingerprint(byte[] digest) {
		this.digest = digest;
	}

	/**
	 * Computes the fingerprint of canonical content.
	 * @param canonicalContent the content in canonical form
	 * @return the fingerprint
	 */
	public static Fingerprint of(byte[] canonicalContent) {
		return new Fingerprint(EffectKey.sha256().digest(canonicalContent));
	}

	/**
	 * Restores a stored fingerprint.
	 * @param digest the bytes of {@link #bytes()}
	 * @return the fingerprint
	 */
	public static Fingerprint restore(byte[] digest) {
		return new Fingerprint(digest.clone());
	}

	/**
	 * The digest to store.
	 * @return 32 bytes
	 */
	public byte[] bytes() {
		return this.digest.clone();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Fingerprint that && MessageDigest.isEqual(this.digest, that.digest);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.digest);
	}

	@Override
	public String toString() {
		return HexFormat.of().formatHex(this.digest, 0, 8);
	}

}
