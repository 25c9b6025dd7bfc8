// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.EffectBody;
import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

/**
 * A call of an effect method that is about to come and whose claim is already decided. It
 * covers one call; a second one, as a retry makes it, is a call like any other.
 */
final class ClaimedCall implements AutoCloseable {

	private static final ThreadLocal<@Nullable ClaimedCall> CURRENT = new ThreadLocal<>();

	private final EffectMethod method;

	private final boolean held;

	private boolean taken;

	private @Nullable Throwable failure;

	private ClaimedCall(EffectMethod method, boolean held) {
		this.method = method;
		this.held = held;
	}

	/**
	 * Covers the next call of a method on this thread.
	 * @param held whether its body is to run
	 */
	static ClaimedCall expect(EffectMethod method, boolean held) {
		ClaimedCall call = new ClaimedCall(method, held);
		CURRENT.set(call);
		return call;
	}

	/**
	 * The claim that covers a call, if one does.
	 */
	static @Nullable ClaimedCall take(EffectMethod method) {
		ClaimedCall call = CURRENT.get();
		if (call == null || call.taken || !call.method.method().equals(method.method())) {
			return null;
		}
		call.taken = true;
		return call;
	}

	<T> @Nullable T run(EffectBody<T> body) throws Throwable {
		if (!this.held) {
			return null;
		}
		try {
			return body.run();
		}
		catch (Throwable ex) {
			this.failure = ex;
			throw ex;
		}
	}

	/**
	 * Makes sure that the claim is committed for what really happened, also where
	 * something around the method kept its failure, or the call, to itself.
	 */
	void verify() throws Throwable {
		if (this.failure != null) {
			throw this.failure;
		}
		if (!this.taken) {
			throw new UnprotectedEffectException("The message was handled without calling " + this.method.location()
					+ ", so its effect must not be claimed");
		}
	}

	@Override
	public void close() {
		CURRENT.remove();
	}

}
