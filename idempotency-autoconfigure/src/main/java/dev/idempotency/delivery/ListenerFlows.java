// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.lang.reflect.Method;

/**
 * Reads the flow of a listener method from its annotations.
 */
@FunctionalInterface
public interface ListenerFlows {

	/**
	 * The flow of a listener method.
	 * @param listenerType class of the listener bean, not of its proxy
	 * @param method the listener method
	 * @param listenerId id of the listener, names the flow if no annotation does
	 * @return the flow
	 */
	ListenerFlow of(Class<?> listenerType, Method method, String listenerId);

}
