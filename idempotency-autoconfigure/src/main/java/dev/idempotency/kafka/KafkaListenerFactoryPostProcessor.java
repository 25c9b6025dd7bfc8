// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.function.Supplier;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;

/**
 * Adds the interceptor that binds delivered records to every container factory, around
 * the application's own. Publishes nothing and replaces nothing; needs no other bean
 * before the first record comes.
 */
public final class KafkaListenerFactoryPostProcessor implements BeanPostProcessor {

	private final Supplier<KafkaDeliveries> deliveries;

	/**
	 * Creates the post-processor.
	 * @param deliveries describes records, asked for when the first comes
	 */
	public KafkaListenerFactoryPostProcessor(Supplier<KafkaDeliveries> deliveries) {
		this.deliveries = deliveries;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
			add(factory);
		}
		return bean;
	}

	private <K, V> void add(AbstractKafkaListenerContainerFactory<?, K, V> factory) {
		if (!(factory.getRecordInterceptor() instanceof DeliveryInterceptor)) {
			factory
				.setRecordInterceptor(new DeliveryInterceptor<>(this.deliveries, factory.getRecordInterceptor(), null));
		}
	}

}
