// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * A proxy must be able to advise the method, and callers must come through the proxy.
 */
final class AdvisableRule implements EffectRule {

	private static final String FIX = "Make it a public method of a class that is not final, called by other beans; "
			+ "or use EffectTemplate";

	private static final List<String> CALLED_BY_CONTAINER = List.of("jakarta.annotation.PostConstruct",
			"jakarta.annotation.PreDestroy", "org.springframework.context.annotation.Bean");

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		String found = unadvisable(bean.type(), method.method());
		if (found != null) {
			contradictions.accept(bean.contradiction(method, found, "a method that a proxy can advise", FIX));
		}
		String caller = containerCall(method.method());
		if (caller != null) {
			contradictions
				.accept(bean.contradiction(method, caller + ", which the container calls on the bean behind the proxy",
						"a method that callers reach through the proxy",
						"Move the effect to a method of its own in another bean; or use EffectTemplate"));
		}
	}

	/**
	 * Whether no subclass can stand in for the class.
	 */
	static boolean isClosed(Class<?> type) {
		boolean closed = Modifier.isFinal(type.getModifiers()) || type.isSealed();
		return closed && !type.isInterface() && !Proxy.isProxyClass(type) && !ClassUtils.isLambdaClass(type);
	}

	private static @Nullable String unadvisable(Class<?> type, Method method) {
		int modifiers = method.getModifiers();
		if (Modifier.isPrivate(modifiers)) {
			return "a private method";
		}
		if (Modifier.isStatic(modifiers)) {
			return "a static method";
		}
		if (isClosed(type)) {
			return type.isRecord() ? "a record" : type.isSealed() ? "a sealed class" : "a final class";
		}
		if (Modifier.isFinal(modifiers) && !Proxy.isProxyClass(type) && !ClassUtils.isLambdaClass(type)) {
			return "a final method";
		}
		boolean packagePrivate = (modifiers & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0;
		if (packagePrivate && method.getDeclaringClass().getPackage() != type.getPackage()) {
			return "a package-private method inherited from another package";
		}
		return null;
	}

	private static @Nullable String containerCall(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		for (String annotation : CALLED_BY_CONTAINER) {
			if (annotations.isPresent(annotation)) {
				return "@" + ClassUtils.getShortName(annotation);
			}
		}
		if (method.getParameterCount() > 0) {
			return null;
		}
		Class<?> type = method.getDeclaringClass();
		if (InitializingBean.class.isAssignableFrom(type) && method.getName().equals("afterPropertiesSet")) {
			return "InitializingBean.afterPropertiesSet";
		}
		if (DisposableBean.class.isAssignableFrom(type) && method.getName().equals("destroy")) {
			return "DisposableBean.destroy";
		}
		return null;
	}

}
