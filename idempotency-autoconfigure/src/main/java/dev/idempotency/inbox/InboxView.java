// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is known of effects, local and external, and changes nothing.
 */
@FunctionalInterface
public interface InboxView {

	/**
	 * Looks an effect up.
	 * @param key its identity
	 * @return what is known, {@code null} if nothing is
	 */
	@Nullable Known find(EffectKey key);

	/**
	 * What is known of an effect.
	 *
	 * @param fingerprint digest of its content, {@code null} if there is none
	 * @param age how long ago it was claimed
	 */
	record Known(@Nullable Fingerprint fingerprint, Duration age) {
	}

}
