// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import dev.idempotency.effect.EffectCall;
import org.jspecify.annotations.Nullable;

/**
 * Lets a listener be called for the identity of its effect only: what guards its method
 * leaves the call here and does not go on to the method. For methods that carry the
 * effect annotation themselves, and no others.
 */
public final class ShadowCall {

	private static final ThreadLocal<@Nullable ShadowCall> CURRENT = new ThreadLocal<>();

	private @Nullable EffectCall call;

	private @Nullable RuntimeException refusal;

	private ShadowCall() {
	}

	/**
	 * Calls a listener without letting it happen.
	 * @param listener hands a message to the guarded method
	 * @return the call it would be, {@code null} if the method was not reached
	 * @throws RuntimeException what refused the call
	 */
	public static @Nullable EffectCall of(Runnable listener) {
		ShadowCall shadow = new ShadowCall();
		CURRENT.set(shadow);
		try {
			listener.run();
		}
		finally {
			CURRENT.remove();
		}
		RuntimeException refused = shadow.refusal;
		if (refused != null) {
			throw refused;
		}
		return shadow.call;
	}

	/**
	 * Whether this thread calls a listener without letting it happen.
	 * @return {@code true} if no body must run
	 */
	public static boolean isOpen() {
		return CURRENT.get() != null;
	}

	/**
	 * Leaves the call.
	 * @param call what would have been claimed
	 */
	public static void leave(EffectCall call) {
		ShadowCall shadow = CURRENT.get();
		if (shadow != null) {
			shadow.call = call;
		}
	}

	/**
	 * Leaves what refused the call, wherever the listener's error handling would take it.
	 * @param refused why there is no call
	 */
	public static void leave(RuntimeException refused) {
		ShadowCall shadow = CURRENT.get();
		if (shadow != null) {
			shadow.refusal = refused;
		}
	}

}
