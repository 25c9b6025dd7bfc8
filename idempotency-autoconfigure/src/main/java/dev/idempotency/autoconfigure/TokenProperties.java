// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Duration;
import java.util.Base64;
import java.util.List;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.token.HashedCodes;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of one-time tokens.
 *
 * @param retention How long tokens are kept after their time, so that a late use is told
 * from an unknown token.
 * @param codes Short codes that people type.
 */
@ConfigurationProperties("idempotency.tokens")
public record TokenProperties(@DefaultValue("30d") Duration retention, @DefaultValue Codes codes) {

	public TokenProperties {
		if (retention.isNegative()) {
			throw new IllegalArgumentException(
					"idempotency.tokens.retention must not be negative, but is " + retention);
		}
	}

	/**
	 * Short codes that people type.
	 *
	 * @param keys Keys of 32 random bytes or more, in Base64. New codes are hashed with
	 * the first, the others are still known.
	 * @param digits Length of a code.
	 * @param maxAttempts Wrong guesses before a code is void.
	 */
	public record Codes(@DefaultValue List<String> keys, @DefaultValue("6") int digits,
			@DefaultValue("5") int maxAttempts) {

		HashedCodes.Settings settings() {
			try {
				return new HashedCodes.Settings(this.keys.stream().map(Codes::decoded).toList(), this.digits,
						this.maxAttempts);
			}
			catch (IllegalArgumentException ex) {
				throw new ContradictionException(new Contradiction("idempotency.tokens.codes", "unusable settings",
						String.valueOf(ex.getMessage()), "Correct the property"));
			}
		}

		/**
		 * Says nothing of the key.
		 */
		private static byte[] decoded(String key) {
			try {
				return Base64.getDecoder().decode(key.trim());
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalArgumentException("keys in Base64, which one of idempotency.tokens.codes.keys is not; "
						+ "make one with: openssl rand -base64 32");
			}
		}

		@Override
		public String toString() {
			return this.keys.size() + " keys";
		}

	}

}
