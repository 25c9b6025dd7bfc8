// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * An external effect of which nobody knows whether it happened.
 *
 * @param id names this doubt; an effect that gets into doubt again has another
 * @param key the effect
 * @param contract the contract it was called under
 * @param providerKey the idempotency key it was called with, {@code null} without one
 * @param attempts how often it was begun
 * @param since since when it is in doubt, by the database's clock
 * @param reason how it came into doubt, for people
 */
public record InDoubtEffect(String id, EffectKey key, EffectContract contract, @Nullable String providerKey,
		int attempts, Instant since, String reason) {

	public InDoubtEffect {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(contract, "contract");
		Objects.requireNonNull(since, "since");
		Objects.requireNonNull(reason, "reason");
	}

}
