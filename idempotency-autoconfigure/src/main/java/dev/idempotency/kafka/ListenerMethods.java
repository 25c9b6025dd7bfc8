// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.DelegatingInvocableHandler;
import org.springframework.kafka.listener.adapter.HandlerAdapter;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.util.ReflectionUtils;

/**
 * Finds what stands behind a listener container. Spring Kafka 4.1 has no accessors for
 * the handler method of an adapter or the consumer factory of a container, so their
 * fields are read.
 */
final class ListenerMethods {

	private ListenerMethods() {
	}

	/**
	 * The methods a container may call.
	 * @param listener the listener of the container
	 * @return methods with the class they are looked up on; several for a class with
	 * {@code @KafkaHandler} methods; none if the listener is of an unknown kind
	 */
	static List<ListenerMethod> of(Object listener) {
		Object target = innermost(listener);
		if (target instanceof MessagingMessageListenerAdapter<?, ?>) {
			Object handler = read(MessagingMessageListenerAdapter.class, "handlerMethod", target);
			return (handler != null) ? invocables(handler).map(ListenerMethods::method).toList() : List.of();
		}
		Class<?> type = AopProxyUtils.ultimateTargetClass(target);
		return Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(type))
			.filter((method) -> method.getName().equals("onMessage") && !method.isBridge())
			.limit(1)
			.map((method) -> new ListenerMethod(type, method))
			.toList();
	}

	static Object innermost(Object listener) {
		Object target = GroupListener.original(listener);
		while (target instanceof DelegatingMessageListener<?> delegating) {
			target = Objects.requireNonNull(delegating.getDelegate());
		}
		return target;
	}

	/**
	 * The adapter that calls listener methods, if that is what the container has.
	 */
	static @Nullable MessagingMessageListenerAdapter<?, ?> adapter(@Nullable Object listener) {
		return (listener instanceof MessagingMessageListenerAdapter<?, ?> adapter) ? adapter : null;
	}

	/**
	 * What the application put between a listener method and its container, if anything.
	 */
	static @Nullable Object errorHandler(MessagingMessageListenerAdapter<?, ?> adapter) {
		return read(MessagingMessageListenerAdapter.class, "errorHandler", adapter);
	}

	static @Nullable Object batchToRecordAdapter(BatchMessagingMessageListenerAdapter<?, ?> adapter) {
		return read(BatchMessagingMessageListenerAdapter.class, "batchToRecordAdapter", adapter);
	}

	static @Nullable Object batchConverter(BatchMessagingMessageListenerAdapter<?, ?> adapter) {
		return read(BatchMessagingMessageListenerAdapter.class, "batchMessageConverter", adapter);
	}

	static @Nullable Object consumerFactory(AbstractMessageListenerContainer<?, ?> container) {
		return read(AbstractMessageListenerContainer.class, "consumerFactory", container);
	}

	private static Stream<InvocableHandlerMethod> invocables(Object handler) {
		if (read(HandlerAdapter.class, "invokerHandlerMethod", handler) instanceof InvocableHandlerMethod method) {
			return Stream.of(method);
		}
		Object delegating = read(HandlerAdapter.class, "delegatingHandler", handler);
		Object handlers = (delegating != null) ? read(DelegatingInvocableHandler.class, "handlers", delegating) : null;
		return (handlers instanceof List<?> list)
				? list.stream().filter(InvocableHandlerMethod.class::isInstance).map(InvocableHandlerMethod.class::cast)
				: Stream.empty();
	}

	private static ListenerMethod method(InvocableHandlerMethod invocable) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(invocable.getBean());
		return new ListenerMethod(type, AopUtils.getMostSpecificMethod(invocable.getMethod(), type));
	}

	static @Nullable Object read(Class<?> type, String name, Object target) {
		Field field = ReflectionUtils.findField(type, name);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, target);
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
