// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One request to have an effect.
 *
 * @param key identity of the effect
 * @param fingerprint digest of its content, {@code null} if collisions need not be
 * detected
 * @param settings how long to wait and to remember
 * @param position place in a stream by which a repetition is known, {@code null} if the
 * key alone tells
 */
public record EffectCall(EffectKey key, @Nullable Fingerprint fingerprint, Settings settings,
		@Nullable Position position) {

	public EffectCall {
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(settings, "settings");
	}

	/**
	 * A call whose key alone tells a repetition.
	 * @param key identity of the effect
	 * @param fingerprint digest of its content, {@code null} if collisions need not be
	 * detected
	 * @param settings how long to wait and to remember
	 */
	public EffectCall(EffectKey key, @Nullable Fingerprint fingerprint, Settings settings) {
		this(key, fingerprint, settings, null);
	}

	/**
	 * Whether a repetition is known by the place alone.
	 * @return {@code false} if the key has to be asked
	 */
	public boolean byPlace() {
		return this.position != null && !(this.position instanceof Position.Unordered);
	}

	/**
	 * How long a call waits and how long its outcome is remembered.
	 *
	 * @param waitFor longest wait for a concurrent duplicate, positive
	 * @param retention how long the outcome is remembered, positive
	 */
	public record Settings(Duration waitFor, Duration retention) {

		public Settings {
			if (waitFor.isNegative() || waitFor.isZero()) {
				throw new IllegalArgumentException("waitFor must be positive, not " + waitFor);
			}
			if (retention.isNegative() || retention.isZero()) {
				throw new IllegalArgumentException("retention must be positive, not " + retention);
			}
		}

	}

}
