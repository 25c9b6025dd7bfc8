// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the body of an effect returned, in the transaction of the effect, and finds
 * it for a repeated call.
 *
 * @param <T> type of the result
 */
public interface Results<T extends @Nullable Object> {

	/**
	 * For bodies that return nothing: keeps nothing and costs nothing.
	 * @param <T> type of the result
	 * @return keeps nothing
	 */
	static <T extends @Nullable Object> Results<T> none() {
		return new Results<>() {

			@Override
			public boolean kept() {
				return false;
			}

			@Override
			public void keep(EffectKey key, T value) {
			}

			@Override
			public void keepRejection(EffectKey key, Throwable failure) {
			}

			@Override
			public @Nullable StoredResult find(EffectKey key) {
				return null;
			}

		};
	}

	/**
	 * Whether anything is kept, so that a repeated call has something to look for.
	 * @return {@code false} if nothing is
	 */
	boolean kept();

	/**
	 * Keeps what the body returned.
	 * @param key the effect
	 * @param value the result
	 * @throws ResultException if it cannot be kept; the effect is rolled back then
	 */
	void keep(EffectKey key, T value);

	/**
	 * Keeps what is to be said of a body that threw and whose transaction commits.
	 * @param key the effect
	 * @param failure what the body threw
	 * @throws ResultException if it cannot be kept; the effect is rolled back then
	 */
	void keepRejection(EffectKey key, Throwable failure);

	/**
	 * Finds what was kept of a finished effect.
	 * @param key the effect
	 * @return what was kept, {@code null} for nothing
	 */
	@Nullable StoredResult find(EffectKey key);

}
