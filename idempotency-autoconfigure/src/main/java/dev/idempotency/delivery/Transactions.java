// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.function.Supplier;

/**
 * Runs work in a transaction of its own on the database of the inbox.
 */
public interface Transactions {

	/**
	 * Runs the work. What it throws rolls everything back.
	 * @param work what to do
	 * @return what the work returned, committed
	 * @param <T> type of the result
	 */
	<T> T inOne(Supplier<T> work);

}
