// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.lang.reflect.Method;

import dev.idempotency.flow.ContradictionException;

/**
 * Finds what applies several messages of a listener in one transaction.
 */
@FunctionalInterface
public interface EffectGroups {

	/**
	 * The effect of a listener method.
	 * @param listenerType class of the listener bean, not of its proxy
	 * @param method the listener method, which carries the effect annotation
	 * @return applies several messages at once
	 * @throws ContradictionException if the method's effect cannot be claimed before its
	 * arguments are known
	 */
	EffectGroup of(Class<?> listenerType, Method method);

}
