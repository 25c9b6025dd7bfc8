// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.aopalliance.aop.Advice;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Puts our advice before those of every listener container factory and of every container
 * declared as a bean, and gives factories a prefetch count if they have none. Whatever
 * else is set stays as it is.
 */
public final class RabbitFactoryPostProcessor implements BeanPostProcessor {

	private final Supplier<RabbitDeliveryAdvice> advice;

	private final Supplier<RabbitListenerSettings> settings;

	/**
	 * Creates the post-processor. Nothing is asked for before the first factory.
	 * @param advice the advice
	 * @param settings gives the prefetch count
	 */
	public RabbitFactoryPostProcessor(Supplier<RabbitDeliveryAdvice> advice,
			Supplier<RabbitListenerSettings> settings) {
		this.advice = advice;
		this.settings = settings;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractMessageListenerContainer container) {
			container.setAdviceChain(withOurs(this.advice.get(), ContainerInternals.adviceChain(container)));
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
			Advice[] chain = factory.getAdviceChain();
			factory.setAdviceChain(withOurs(this.advice.get(), (chain != null) ? chain : new Advice[0]));
			if (!ContainerInternals.hasPrefetch(factory)) {
				factory.setPrefetchCount(this.settings.get().prefetch());
			}
		}
		return bean;
	}

	/**
	 * A chain that begins with our advice and has it once.
	 */
	static Advice[] withOurs(RabbitDeliveryAdvice ours, Advice[] chain) {
		return Stream
			.concat(Stream.of(ours), Arrays.stream(chain).filter((advice) -> !(advice instanceof RabbitDeliveryAdvice)))
			.toArray(Advice[]::new);
	}

}
