// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.lang.reflect.Method;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;

/**
 * Knows which handler methods have an effect.
 */
final class EffectHandlers {

	private final ListenerFlows flows;

	private final ConcurrentMap<Method, ListenerFlow> known = new ConcurrentHashMap<>();

	EffectHandlers(ListenerFlows flows) {
		this.flows = flows;
	}

	/**
	 * The flow of an annotated handler.
	 * @return {@code null} for any other
	 */
	@Nullable ListenerFlow find(@Nullable Object handler) {
		if (!(handler instanceof HandlerMethod method)) {
			return null;
		}
		ListenerFlow flow = this.known.computeIfAbsent(method.getMethod(),
				(it) -> this.flows.of(method.getBeanType(), it, it.getName()));
		return flow.effect() ? flow : null;
	}

}
