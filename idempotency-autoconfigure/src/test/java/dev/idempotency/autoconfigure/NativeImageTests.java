// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.io.IOException;

import dev.idempotency.jdbc.Dialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

class NativeImageTests {

	private final RuntimeHints hints = hints(getClass().getClassLoader());

	private static RuntimeHints hints(ClassLoader classLoader) {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader
			.forResourceLocation("META-INF/spring/aot.factories", NativeImageTests.class.getClassLoader())
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter((registrar) -> registrar.getClass().getName().startsWith("dev.idempotency"))
			.forEach((registrar) -> registrar.registerHints(hints, classLoader));
		return hints;
	}

	@ParameterizedTest
	@CsvSource({ "amqp.rabbit.listener.AbstractMessageListenerContainer, delegate",
			"amqp.rabbit.config.AbstractRabbitListenerContainerFactory, prefetchCount",
			"amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter, errorHandler",
			"kafka.listener.AbstractMessageListenerContainer, consumerFactory",
			"kafka.listener.adapter.MessagingMessageListenerAdapter, handlerMethod",
			"kafka.listener.adapter.MessagingMessageListenerAdapter, errorHandler",
			"kafka.listener.adapter.BatchMessagingMessageListenerAdapter, batchMessageConverter",
			"kafka.listener.adapter.BatchMessagingMessageListenerAdapter, batchToRecordAdapter",
			"kafka.listener.adapter.HandlerAdapter, invokerHandlerMethod",
			"kafka.listener.adapter.HandlerAdapter, delegatingHandler",
			"kafka.listener.adapter.DelegatingInvocableHandler, handlers" })
	void fieldsThatAreReadAreKept(String type, String field) throws ClassNotFoundException {
		assertThat(reflection().onFieldAccess("org.springframework." + type, field)).accepts(this.hints);
	}

	@ParameterizedTest
	@CsvSource({ "amqp.rabbit.listener.AbstractMessageListenerContainer, getAdviceChain",
			"amqp.rabbit.listener.AbstractMessageListenerContainer, getPrefetchCount",
			"amqp.rabbit.listener.AbstractMessageListenerContainer, getTransactionManager",
			"amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter, getHandlerAdapter",
			"amqp.rabbit.listener.adapter.MessageListenerAdapter, getDelegate",
			"amqp.rabbit.listener.adapter.MessageListenerAdapter, getDefaultListenerMethod",
			"jdbc.datasource.DelegatingDataSource, getTargetDataSource" })
	void methodsThatAreInvokedAreKept(String type, String method) throws ClassNotFoundException {
		assertThat(reflection().onMethodInvocation("org.springframework." + type, method)).accepts(this.hints);
	}

	@ParameterizedTest
	@EnumSource
	void tablesCanBeMade(Dialect dialect) throws IOException {
		String folder = dialect.schemaFolder();
		Resource[] files = new PathMatchingResourcePatternResolver().getResources("classpath:" + folder + "/*");
		assertThat(files).isNotEmpty()
			.allSatisfy((file) -> assertThat(resource().forResource(folder + "/" + file.getFilename()))
				.accepts(this.hints));
	}

	@Test
	void librariesMayBeAbsent() {
		RuntimeHints fewer = hints(new FilteredClassLoader("org.springframework.amqp", "org.springframework.kafka"));
		assertThat(fewer.reflection().typeHints()).noneMatch((hint) -> hint.getType().getName().contains("listener"));
	}

}
