// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.TypeVariable;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Results that lead to something that is read or written later, so that there is nothing
 * to store.
 */
final class OpenResults {

	private static final Set<String> OTHERS = Set.of("org.springframework.core.io.InputStreamSource",
			"org.springframework.core.io.Resource", "org.springframework.web.servlet.View",
			"org.springframework.web.servlet.ModelAndView", "org.springframework.ui.Model",
			"jakarta.servlet.ServletResponse");

	private OpenResults() {
	}

	/**
	 * Finds one in a type or its type arguments.
	 */
	static @Nullable Class<?> find(ResolvableType type) {
		Class<?> raw = type.toClass();
		if (isOpen(raw) || LateResults.isLate(raw)) {
			return raw;
		}
		for (ResolvableType argument : type.getGenerics()) {
			Class<?> found = (argument.getType() instanceof TypeVariable<?>) ? null : find(argument);
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	private static boolean isOpen(Class<?> type) {
		return AutoCloseable.class.isAssignableFrom(type) || OTHERS.contains(type.getName())
				|| ClassUtils.getAllInterfacesForClassAsSet(type)
					.stream()
					.anyMatch((each) -> OTHERS.contains(each.getName()));
	}

}
