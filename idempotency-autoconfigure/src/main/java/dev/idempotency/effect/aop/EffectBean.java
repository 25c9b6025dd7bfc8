// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.flow.Contradiction;
import org.jspecify.annotations.Nullable;

/**
 * A bean with annotated methods.
 *
 * @param name its name
 * @param type its class, not that of a proxy
 * @param instance the bean as others get it, {@code null} if it does not exist yet
 */
record EffectBean(String name, Class<?> type, @Nullable Object instance) {

	Contradiction contradiction(EffectMethod method, String found, String needed, String fix) {
		return new Contradiction("Bean '" + this.name + "', method " + method.location(), found, needed, fix);
	}

}
