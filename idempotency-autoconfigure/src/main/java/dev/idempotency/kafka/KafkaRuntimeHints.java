// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Keeps in a native image the fields that {@link ListenerMethods} reads. By name, because
 * Spring Kafka may be absent.
 */
final class KafkaRuntimeHints implements RuntimeHintsRegistrar {

	private static final String LISTENER = "org.springframework.kafka.listener.";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection()
			.registerTypeIfPresent(classLoader, LISTENER + "AbstractMessageListenerContainer",
					(type) -> type.withField("consumerFactory"))
			.registerTypeIfPresent(classLoader, LISTENER + "adapter.MessagingMessageListenerAdapter",
					(type) -> type.withField("handlerMethod").withField("errorHandler"))
			.registerTypeIfPresent(classLoader, LISTENER + "adapter.BatchMessagingMessageListenerAdapter",
					(type) -> type.withField("batchMessageConverter").withField("batchToRecordAdapter"))
			.registerTypeIfPresent(classLoader, LISTENER + "adapter.HandlerAdapter",
					(type) -> type.withField("invokerHandlerMethod").withField("delegatingHandler"))
			.registerTypeIfPresent(classLoader, LISTENER + "adapter.DelegatingInvocableHandler",
					(type) -> type.withField("handlers"));
	}

}
