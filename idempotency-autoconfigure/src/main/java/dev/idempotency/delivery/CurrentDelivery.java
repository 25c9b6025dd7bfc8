// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The message the current thread is handling.
 */
public final class CurrentDelivery {

	private static final ThreadLocal<@Nullable Scope> CURRENT = new ThreadLocal<>();

	private CurrentDelivery() {
	}

	/**
	 * The current message.
	 * @return the delivery, or {@code null} outside of a listener
	 */
	public static @Nullable Delivery get() {
		Scope scope = CURRENT.get();
		return (scope != null) ? scope.delivery() : null;
	}

	/**
	 * Binds a message to the thread, in place of any other.
	 * @param delivery the delivery
	 */
	public static void set(Delivery delivery) {
		set(delivery, (flow) -> {
		});
	}

	/**
	 * Binds a message to the thread, in place of any other.
	 * @param delivery the delivery
	 * @param replayed hears the name of a flow whose stored result is returned instead of
	 * running it again
	 */
	public static void set(Delivery delivery, Consumer<String> replayed) {
		CURRENT.set(new Scope(delivery, new HashMap<>(), replayed));
	}

	/**
	 * Unbinds the message.
	 */
	public static void clear() {
		CURRENT.remove();
	}

	/**
	 * Notes that a call takes its identity from the current message. One message can
	 * identify one effect of a flow only: a second call with other arguments, in a loop
	 * for instance, would look like a duplicate of the first and be lost. The same call
	 * again, as a retry makes it, is the same effect.
	 * @param flow the flow
	 * @param arguments what it is called with
	 * @return {@code false} if the message already identifies another call of the flow
	 */
	public static boolean identify(String flow, @Nullable Object[] arguments) {
		Scope scope = CURRENT.get();
		if (scope == null) {
			return false;
		}
		@Nullable Object[] first = scope.calls().putIfAbsent(flow, arguments.clone());
		return first == null || Arrays.deepEquals(first, arguments);
	}

	/**
	 * Whether the current message identifies a call of a flow already.
	 * @param flow the flow
	 * @return {@code false} if the flow has no identity yet
	 */
	public static boolean isIdentified(String flow) {
		Scope scope = CURRENT.get();
		return scope != null && scope.calls().containsKey(flow);
	}

	/**
	 * Notes that a stored result is returned instead of running an effect again.
	 * @param flow the flow
	 */
	public static void replayed(String flow) {
		Scope scope = CURRENT.get();
		if (scope != null) {
			scope.replayed().accept(flow);
		}
	}

	private record Scope(Delivery delivery, Map<String, @Nullable Object[]> calls, Consumer<String> replayed) {
	}

}
