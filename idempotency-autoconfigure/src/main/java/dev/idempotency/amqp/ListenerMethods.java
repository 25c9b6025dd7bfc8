// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.amqp.rabbit.annotation.RabbitHandler;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the methods behind a message listener.
 */
final class ListenerMethods {

	private ListenerMethods() {
	}

	/**
	 * The methods a container may call.
	 * @param listener the listener of the container
	 * @return methods with the class they are looked up on; several for a class with
	 * {@code @RabbitHandler} methods
	 */
	static List<ListenerMethod> of(Object listener) {
		if (listener instanceof MessagingMessageListenerAdapter adapter) {
			var handler = ContainerInternals.handler(adapter);
			Class<?> type = AopProxyUtils.ultimateTargetClass(handler.getBean());
			Method method = handler.getMethod();
			return (method != null) ? List.of(new ListenerMethod(type, AopUtils.getMostSpecificMethod(method, type)))
					: handlers(type);
		}
		if (listener instanceof MessageListenerAdapter adapter && ContainerInternals.delegate(adapter) != adapter) {
			return named(ContainerInternals.delegate(adapter), ContainerInternals.defaultMethod(adapter)).toList();
		}
		return named(listener, "onMessage").limit(1).toList();
	}

	private static List<ListenerMethod> handlers(Class<?> type) {
		return MethodIntrospector
			.selectMethods(type,
					(ReflectionUtils.MethodFilter) (method) -> AnnotatedElementUtils.hasAnnotation(method,
							RabbitHandler.class))
			.stream()
			.map((method) -> new ListenerMethod(type, AopUtils.getMostSpecificMethod(method, type)))
			.sorted(Comparator.comparing((found) -> found.method().toGenericString()))
			.toList();
	}

	private static Stream<ListenerMethod> named(Object listener, String name) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(listener);
		return Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(type))
			.filter((method) -> method.getName().equals(name) && !method.isBridge())
			.sorted(Comparator.comparing(Method::toGenericString))
			.map((method) -> new ListenerMethod(type, method));
	}

	/**
	 * A method behind a container.
	 *
	 * @param type class of the bean, not of its proxy
	 * @param method the method
	 */
	record ListenerMethod(Class<?> type, Method method) {
	}

}
