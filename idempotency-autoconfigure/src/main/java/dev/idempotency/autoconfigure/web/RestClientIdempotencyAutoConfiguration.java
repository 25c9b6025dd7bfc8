// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.web.IdempotencyKeyInterceptor;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration for the key of an effect on requests of {@code RestClient} and
 * {@code RestTemplate}.
 */
@AutoConfiguration
@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class })
public final class RestClientIdempotencyAutoConfiguration {

	RestClientIdempotencyAutoConfiguration() {
	}

	@Bean
	RestClientCustomizer idempotencyKeyRestClientCustomizer() {
		return (builder) -> builder.requestInterceptor(new IdempotencyKeyInterceptor());
	}

	@Bean
	RestTemplateCustomizer idempotencyKeyRestTemplateCustomizer() {
		return (template) -> template.getInterceptors().add(new IdempotencyKeyInterceptor());
	}

}
