// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import dev.idempotency.delivery.Trail;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.Verification;

import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The adapter as an application would wire it, with the database in memory.
 */
@EnableRabbit
@Configuration(proxyBeanMethods = false)
class RabbitWiring {

	@Bean
	static RabbitFactoryPostProcessor rabbitFactoryPostProcessor(ObjectProvider<RabbitDeliveryAdvice> advice,
			ObjectProvider<RabbitListenerSettings> settings) {
		return new RabbitFactoryPostProcessor(advice::getObject, settings::getObject);
	}

	@Bean
	RabbitListeners rabbitListeners(ListableBeanFactory beans, Inboxes inboxes) {
		return new RabbitListeners(() -> containers(beans), new AnnotationFlows(), inboxes.policies);
	}

	private static Collection<MessageListenerContainer> containers(ListableBeanFactory beans) {
		List<MessageListenerContainer> all = new ArrayList<>(
				beans.getBeansOfType(MessageListenerContainer.class).values());
		beans.getBeansOfType(RabbitListenerEndpointRegistry.class)
			.values()
			.forEach((registry) -> all.addAll(registry.getListenerContainers()));
		return all;
	}

	@Bean
	RabbitDeliveryAdvice rabbitDeliveryAdvice(RabbitListeners listeners, Inboxes inboxes,
			RabbitListenerSettings settings) {
		return new RabbitDeliveryAdvice(listeners, inboxes.failures(), inboxes.events::add, settings, Trail.NONE,
				Clock.systemUTC());
	}

	@Bean
	RabbitListenerVerifier rabbitListenerVerifier(RabbitListeners listeners, RabbitDeliveryAdvice advice,
			FlowCatalogue catalogue, Verification verification, ObjectProvider<Queue> queues) {
		return new RabbitListenerVerifier(listeners, advice, catalogue, verification,
				() -> queues.orderedStream().toList());
	}

	@Bean
	FlowCatalogue flowCatalogue() {
		return new FlowCatalogue();
	}

}
