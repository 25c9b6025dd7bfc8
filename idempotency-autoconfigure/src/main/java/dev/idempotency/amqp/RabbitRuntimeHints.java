// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeHint;

/**
 * Keeps in a native image what {@link ContainerInternals} reads. By name, because Spring
 * AMQP may be absent.
 */
final class RabbitRuntimeHints implements RuntimeHintsRegistrar {

	private static final String RABBIT = "org.springframework.amqp.rabbit.";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection()
			.registerTypeIfPresent(classLoader, RABBIT + "listener.AbstractMessageListenerContainer",
					(type) -> getters(type.withField("delegate"), "getAdviceChain", "getPrefetchCount",
							"getTransactionManager"))
			.registerTypeIfPresent(classLoader, RABBIT + "config.AbstractRabbitListenerContainerFactory",
					(type) -> type.withField("prefetchCount"))
			.registerTypeIfPresent(classLoader, RABBIT + "listener.adapter.MessagingMessageListenerAdapter",
					(type) -> getters(type.withField("errorHandler"), "getHandlerAdapter"))
			.registerTypeIfPresent(classLoader, RABBIT + "listener.adapter.MessageListenerAdapter",
					(type) -> getters(type, "getDelegate", "getDefaultListenerMethod"));
	}

	private static void getters(TypeHint.Builder type, String... names) {
		for (String name : names) {
			type.withMethod(name, List.of(), ExecutableMode.INVOKE);
		}
	}

}
