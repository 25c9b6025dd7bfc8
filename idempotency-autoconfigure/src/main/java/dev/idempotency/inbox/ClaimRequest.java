// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.util.Objects;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * A claim as it is to be stored.
 *
 * @param key the effect
 * @param fingerprint digest of its content, {@code null} if collisions need not be
 * detected
 * @param contract an external contract
 * @param owner who claims: a text nobody else ever claims with
 * @param lease how long the claim holds unless it is renewed
 * @param providerKey the idempotency key, {@code null} if the provider takes none
 * @param window how long the provider recognises the key, {@code null} without a key
 */
public record ClaimRequest(EffectKey key, @Nullable Fingerprint fingerprint, EffectContract contract, String owner,
		Duration lease, @Nullable String providerKey, @Nullable Duration window) {

	public ClaimRequest {
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(owner, "owner");
		if ((providerKey == null) != (window == null)) {
			throw new IllegalArgumentException("A provider key and its window come together");
		}
	}

	ClaimRequest withProviderKey(@Nullable String other) {
		return new ClaimRequest(this.key, this.fingerprint, this.contract, this.owner, this.lease, other, this.window);
	}

}
