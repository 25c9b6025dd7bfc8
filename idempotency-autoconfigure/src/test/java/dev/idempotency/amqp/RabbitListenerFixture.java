// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Verification;
import org.junit.jupiter.api.AfterEach;
import org.mockito.Mockito;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Listeners whose containers are verified without a broker.
 */
abstract class RabbitListenerFixture {

	final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	final Inboxes inboxes = new Inboxes();

	Consumer<SimpleRabbitListenerContainerFactory> simple = (factory) -> {
	};

	@AfterEach
	void close() {
		this.context.close();
	}

	void assertRefused(String found, String needed, String fix, Class<?>... listeners) {
		assertThat(failure(Verification.FAIL, listeners)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).contains("RabbitMQ listener '");
			assertThat(contradiction.found()).contains(found);
			assertThat(contradiction.needed()).contains(needed);
			assertThat(contradiction.fix()).contains(fix);
		});
	}

	List<Contradiction> failure(Verification verification, Class<?>... listeners) {
		ApplicationContextException failure = catchThrowableOfType(ApplicationContextException.class,
				() -> start(verification, listeners));
		assertThat(failure).hasRootCauseInstanceOf(ContradictionException.class);
		return ((ContradictionException) failure.getCause()).contradictions();
	}

	void start(Verification verification, Class<?>... listeners) {
		this.context.register(RabbitWiring.class);
		this.context.registerBean(Inboxes.class, () -> this.inboxes);
		this.context.registerBean(RabbitListenerSettings.class, () -> RabbitListenerSettings.DEFAULTS);
		this.context.registerBean(Verification.class, () -> verification);
		this.context.registerBean("rabbitListenerContainerFactory", SimpleRabbitListenerContainerFactory.class, () -> {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			offline(factory);
			this.simple.accept(factory);
			return factory;
		});
		Arrays.stream(listeners).forEach(this.context::register);
		this.context.refresh();
	}

	static void offline(AbstractRabbitListenerContainerFactory<?> factory) {
		factory.setConnectionFactory(Mockito.mock(ConnectionFactory.class));
		factory.setAutoStartup(false);
	}

	RabbitDeliveryAdvice ours() {
		return this.context.getBean(RabbitDeliveryAdvice.class);
	}

	AbstractMessageListenerContainer container() {
		return (AbstractMessageListenerContainer) this.context.getBean(RabbitListenerEndpointRegistry.class)
			.getListenerContainers()
			.iterator()
			.next();
	}

}
