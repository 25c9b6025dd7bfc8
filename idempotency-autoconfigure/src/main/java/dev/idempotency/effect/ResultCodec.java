// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

/**
 * Turns results into bytes and back. What a stored result is read as is decided by the
 * signature of the method that is called now, never by a class name in the bytes: a row
 * that somebody tampered with cannot name a class to create.
 */
public interface ResultCodec {

	/**
	 * Encodes a result. Whoever calls this does it before the effect commits, so that a
	 * failure leaves nothing behind.
	 * @param value the result
	 * @param type generic return type of the method
	 * @return the result as it is stored
	 * @throws ResultException if it cannot be encoded, would not be the same when read
	 * again, or is too large
	 */
	StoredResult encode(@Nullable Object value, Type type);

	/**
	 * Decodes a stored result.
	 * @param stored what {@link #encode} returned, perhaps in an older version of the
	 * application
	 * @param type generic return type of the method
	 * @return the result
	 * @throws ResultException if it is not a value of this type, or was stored without a
	 * body
	 */
	@Nullable Object decode(StoredResult stored, Type type);

	/**
	 * Encodes what a caller should be told again of a decided "no".
	 * @param failure what the method threw; its transaction commits all the same
	 * @return what is stored, {@code null} for nothing
	 * @throws ResultException if it cannot be encoded, or is too large
	 */
	default @Nullable StoredResult encodeRejection(Throwable failure) {
		return null;
	}

}
