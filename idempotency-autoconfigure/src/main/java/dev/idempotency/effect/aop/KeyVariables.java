// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;

/**
 * The names a key expression may use. Parameters go by {@code p0}, {@code a0} and by
 * their names, those of the method that carries the annotation before those of the method
 * that runs. A parameter named {@code headers} or {@code delivery} hides the message's.
 *
 * @param parameters parameter names and their positions
 * @param clock whether {@code now} is known, which only a method without parameters may
 * use
 */
record KeyVariables(Map<String, Integer> parameters, boolean clock) {

	static final String HEADERS = "headers";

	static final String DELIVERY = "delivery";

	static final String NOW = "now";

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	static KeyVariables of(EffectMethod method) {
		Map<String, Integer> parameters = new LinkedHashMap<>();
		int count = method.method().getParameterCount();
		for (int i = 0; i < count; i++) {
			parameters.put("p" + i, i);
			parameters.put("a" + i, i);
		}
		addNames(parameters, method.declaration());
		addNames(parameters, method.method());
		return new KeyVariables(Map.copyOf(parameters), count == 0);
	}

	private static void addNames(Map<String, Integer> parameters, Method method) {
		@Nullable String @Nullable [] names = NAMES.getParameterNames(method);
		for (int i = 0; names != null && i < names.length; i++) {
			String name = names[i];
			if (name != null) {
				parameters.putIfAbsent(name, i);
			}
		}
	}

	/**
	 * All names, in alphabetical order.
	 */
	Set<String> names() {
		Set<String> names = new TreeSet<>(this.parameters.keySet());
		names.add(HEADERS);
		names.add(DELIVERY);
		if (this.clock) {
			names.add(NOW);
		}
		return names;
	}

}
