// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Encodes what a body returned.
 *
 * @param <T> type of the result
 */
@FunctionalInterface
public interface ResultEncoding<T extends @Nullable Object> {

	/**
	 * Encodes a result.
	 * @param value the result
	 * @return as it is stored, {@code null} if there is nothing to store
	 * @throws ResultException if it cannot be encoded; the effect is then stored as
	 * finished without a result, because it did happen
	 */
	@Nullable StoredResult encode(T value);

}
