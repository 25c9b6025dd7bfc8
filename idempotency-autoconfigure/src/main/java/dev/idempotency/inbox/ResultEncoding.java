// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Encodes what a body returned, or why it was rejected.
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

	/**
	 * Encodes what a caller is to be told again of a decided "no".
	 * @param failure what the body threw
	 * @return as it is stored, {@code null} if there is nothing to store
	 * @throws ResultException if it cannot be encoded; nothing is stored then
	 */
	default @Nullable StoredResult encodeRejection(Throwable failure) {
		return null;
	}

}
