// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A finished effect's result as it is stored. It never says of which class the result
 * was: the type is that of the live method.
 *
 * @param codec format and version of the body, at most 20 characters
 * @param body the encoded result, {@code null} if the effect finished without one that
 * can be replayed
 */
public record StoredResult(String codec, byte @Nullable [] body) {

	/** Longest name of a codec. */
	public static final int MAX_CODEC_LENGTH = 20;

	public StoredResult {
		Objects.requireNonNull(codec, "codec");
		if (codec.isBlank() || codec.length() > MAX_CODEC_LENGTH) {
			throw new IllegalArgumentException(
					"codec must have 1 to " + MAX_CODEC_LENGTH + " characters, not '" + codec + "'");
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof StoredResult that && this.codec.equals(that.codec)
				&& Arrays.equals(this.body, that.body);
	}

	@Override
	public int hashCode() {
		return 31 * this.codec.hashCode() + Arrays.hashCode(this.body);
	}

	@Override
	public String toString() {
		return this.codec + ", " + ((this.body != null) ? this.body.length + " bytes" : "no body");
	}

}
