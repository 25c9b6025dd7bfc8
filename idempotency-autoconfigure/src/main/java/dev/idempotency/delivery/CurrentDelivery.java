// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import org.jspecify.annotations.Nullable;

/**
 * The message the current thread is handling.
 */
public final class CurrentDelivery {

	private static final ThreadLocal<@Nullable Delivery> CURRENT = new ThreadLocal<>();

	private CurrentDelivery() {
	}

	/**
	 * The current message.
	 * @return the delivery, or {@code null} outside of a listener
	 */
	public static @Nullable Delivery get() {
		return CURRENT.get();
	}

	/**
	 * Binds a message to the thread, in place of any other.
	 * @param delivery the delivery
	 */
	public static void set(Delivery delivery) {
		CURRENT.set(delivery);
	}

	/**
	 * Unbinds the message.
	 */
	public static void clear() {
		CURRENT.remove();
	}

}
