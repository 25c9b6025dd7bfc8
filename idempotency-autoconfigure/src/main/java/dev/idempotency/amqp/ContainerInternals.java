// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.util.ReflectionUtils;

/**
 * Reads what listener containers do not publish. Settings of a container are protected in
 * Spring AMQP 4.1, and nothing else tells one container's calls from another's.
 */
final class ContainerInternals {

	private ContainerInternals() {
	}

	/**
	 * What a container's advice is called around.
	 */
	static Object target(AbstractMessageListenerContainer container) {
		Object target = field(AbstractMessageListenerContainer.class, "delegate", container);
		if (target == null) {
			throw unsupported(AbstractMessageListenerContainer.class, "delegate");
		}
		return target;
	}

	static Advice[] adviceChain(AbstractMessageListenerContainer container) {
		return (Advice[]) required(AbstractMessageListenerContainer.class, "getAdviceChain", container);
	}

	static int prefetch(AbstractMessageListenerContainer container) {
		return (Integer) required(AbstractMessageListenerContainer.class, "getPrefetchCount", container);
	}

	static @Nullable Object transactionManager(AbstractMessageListenerContainer container) {
		return method(AbstractMessageListenerContainer.class, "getTransactionManager", container);
	}

	static boolean hasPrefetch(AbstractRabbitListenerContainerFactory<?> factory) {
		return field(AbstractRabbitListenerContainerFactory.class, "prefetchCount", factory) != null;
	}

	static org.springframework.amqp.listener.adapter.HandlerAdapter handler(MessagingMessageListenerAdapter adapter) {
		return (org.springframework.amqp.listener.adapter.HandlerAdapter) required(
				MessagingMessageListenerAdapter.class, "getHandlerAdapter", adapter);
	}

	static @Nullable Object errorHandler(MessagingMessageListenerAdapter adapter) {
		return field(MessagingMessageListenerAdapter.class, "errorHandler", adapter);
	}

	static Object delegate(MessageListenerAdapter adapter) {
		return required(MessageListenerAdapter.class, "getDelegate", adapter);
	}

	static String defaultMethod(MessageListenerAdapter adapter) {
		return (String) required(MessageListenerAdapter.class, "getDefaultListenerMethod", adapter);
	}

	private static Object required(Class<?> type, String name, Object target) {
		Object value = method(type, name, target);
		if (value == null) {
			throw unsupported(type, name);
		}
		return value;
	}

	private static @Nullable Object method(Class<?> type, String name, Object target) {
		Method method = ReflectionUtils.findMethod(type, name);
		if (method == null) {
			throw unsupported(type, name);
		}
		ReflectionUtils.makeAccessible(method);
		return ReflectionUtils.invokeMethod(method, target);
	}

	private static @Nullable Object field(Class<?> type, String name, Object target) {
		Field field = ReflectionUtils.findField(type, name);
		if (field == null) {
			throw unsupported(type, name);
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, target);
	}

	private static IllegalStateException unsupported(Class<?> type, String name) {
		return new IllegalStateException("This version of Spring AMQP has no '" + name + "' in " + type.getName()
				+ ", so its listeners cannot be verified. Use the version Spring Boot manages");
	}

}
