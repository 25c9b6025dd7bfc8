// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Names a claim in one of its lives.
 *
 * @param hash the hash of its key, 32 bytes
 * @param fence the number of this life
 */
public record ClaimId(byte[] hash, long fence) {

	private static final int HASH_LENGTH = 32;

	private static final int MAX_DIGITS = 18;

	public ClaimId {
		if (hash.length != HASH_LENGTH) {
			throw new IllegalArgumentException("A hash has " + HASH_LENGTH + " bytes, not " + hash.length);
		}
	}

	/**
	 * Reads the text form.
	 * @param text what {@link #toString()} returned
	 * @return the id, {@code null} if it is none
	 */
	public static @Nullable ClaimId parse(String text) {
		int dash = text.indexOf('-');
		String digits = text.substring(dash + 1);
		if (dash != 2 * HASH_LENGTH || digits.isEmpty() || digits.length() > MAX_DIGITS
				|| !digits.chars().allMatch((digit) -> digit >= '0' && digit <= '9')) {
			return null;
		}
		try {
			return new ClaimId(HexFormat.of().parseHex(text.substring(0, dash)), Long.parseLong(digits));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof ClaimId that && this.fence == that.fence && Arrays.equals(this.hash, that.hash);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.hash) + Long.hashCode(this.fence);
	}

	@Override
	public String toString() {
		return HexFormat.of().formatHex(this.hash) + "-" + this.fence;
	}

}
