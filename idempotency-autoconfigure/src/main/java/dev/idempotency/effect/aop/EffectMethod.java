// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.stream.Collectors;

import dev.idempotency.effect.EffectContract;
import dev.idempotency.effect.ExactlyOnceEffect;

import org.springframework.core.GenericTypeResolver;

/**
 * A method with the effect annotation.
 *
 * @param method the method of the target class that runs
 * @param declaration the method that carries the annotation: the same, one it overrides,
 * or one of an interface
 * @param annotation the annotation with the attributes of composed annotations merged in
 * @param listener whether a broker calls it
 * @param handler whether it handles HTTP requests
 */
record EffectMethod(Method method, Method declaration, ExactlyOnceEffect annotation, boolean listener,
		boolean handler) {

	String flow() {
		return this.annotation.flow();
	}

	String source() {
		return this.annotation.source().isEmpty() ? flow() : this.annotation.source();
	}

	String key() {
		return this.annotation.key();
	}

	boolean keyed() {
		return !key().isEmpty();
	}

	boolean external() {
		return this.annotation.contract() != EffectContract.LOCAL;
	}

	boolean returnsNothing() {
		return this.method.getReturnType() == void.class || this.method.getReturnType() == Void.class;
	}

	/**
	 * What the method returns, as seen from the class of the bean.
	 */
	Type resultType(Class<?> type) {
		return GenericTypeResolver.resolveType(this.method.getGenericReturnType(), type);
	}

	String location() {
		return location(this.method);
	}

	static String location(Method method) {
		return method.getDeclaringClass().getName() + "." + signature(method);
	}

	static String signature(Method method) {
		return Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", ", method.getName() + "(", ")"));
	}

}
