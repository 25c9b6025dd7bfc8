// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.web.IdempotencyKeyFilter;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Auto-configuration for the key of an effect on requests of {@code WebClient}. Every
 * builder that is a bean gets it, that of Spring Boot included.
 */
@AutoConfiguration
@ConditionalOnClass(WebClient.class)
public final class WebClientIdempotencyAutoConfiguration {

	WebClientIdempotencyAutoConfiguration() {
	}

	@Bean
	static BeanPostProcessor idempotencyKeyWebClientPostProcessor() {
		return new BuilderPostProcessor();
	}

	/**
	 * Adds the filter to builders.
	 */
	private static final class BuilderPostProcessor implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof WebClient.Builder builder) {
				IdempotencyKeyFilter.addTo(builder);
			}
			return bean;
		}

	}

}
