// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

import dev.idempotency.effect.SigningKeys;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys that sign the ids of messages.
 *
 * @param keys Keys of 32 random bytes or more in Base64, by their names. Ids signed with
 * any of them are believed.
 * @param active Name of the key that signs the ids of outgoing messages; without one they
 * are not signed.
 */
@ConfigurationProperties("idempotency.signing")
public record SigningProperties(@DefaultValue Map<String, String> keys, @Nullable String active) {

	SigningKeys signingKeys() {
		Map<String, byte[]> decoded = new TreeMap<>();
		try {
			this.keys.forEach((name, key) -> decoded.put(name, decoded(name, key)));
			return new SigningKeys(decoded, this.active);
		}
		catch (IllegalArgumentException ex) {
			throw new ContradictionException(new Contradiction("idempotency.signing", "unusable keys",
					String.valueOf(ex.getMessage()), "Correct the property"));
		}
	}

	/**
	 * Says nothing of the key.
	 */
	private static byte[] decoded(String name, String key) {
		try {
			return Base64.getDecoder().decode(key.trim());
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"keys in Base64, which '" + name + "' is not; make one with: openssl rand -base64 32");
		}
	}

	@Override
	public String toString() {
		return "keys " + this.keys.keySet() + ", active " + this.active;
	}

}
