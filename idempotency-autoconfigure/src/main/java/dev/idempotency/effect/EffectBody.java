// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect;

import org.jspecify.annotations.Nullable;

/**
 * The business code of an effect.
 *
 * @param <T> type of its result
 */
@FunctionalInterface
public interface EffectBody<T extends @Nullable Object> {

	/**
	 * Runs the business code, at most once per committed claim.
	 * @return the result
	 * @throws Throwable whatever the business code throws
	 */
	T run() throws Throwable;

}
