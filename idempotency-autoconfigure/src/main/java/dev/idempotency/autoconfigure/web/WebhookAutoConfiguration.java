// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.time.Clock;

import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.web.webhook.WebhookAnswers;
import dev.idempotency.web.webhook.WebhookEndpoints;
import dev.idempotency.web.webhook.WebhookFilter;
import dev.idempotency.web.webhook.WebhookGuard;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configuration for webhooks.
 */
@AutoConfiguration(after = { IdempotencyAutoConfiguration.class, WebIdempotencyAutoConfiguration.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ Filter.class, RequestMappingHandlerMapping.class })
@EnableConfigurationProperties(WebhookProperties.class)
public final class WebhookAutoConfiguration {

	WebhookAutoConfiguration() {
	}

	/**
	 * Comes behind the checks of handlers with a key, whose row in the catalogue it
	 * replaces.
	 */
	@Bean
	WebhookEndpoints idempotencyWebhookEndpoints(ObjectProvider<RequestMappingHandlerMapping> mappings,
			WebhookProperties properties, ListenerFlows flows, FlowPolicies policies, FlowCatalogue catalogue) {
		return new WebhookEndpoints(() -> mappings.orderedStream().toList(), properties.settings(), flows, policies,
				catalogue);
	}

	@Bean
	WebhookFilter idempotencyWebhookFilter(ObjectProvider<WebhookEndpoints> endpoints,
			ObjectProvider<EffectListener> listeners) {
		return new WebhookFilter(endpoints::getObject, (event) -> all(listeners).on(event), Clock.systemUTC());
	}

	@Bean
	WebhookAnswers idempotencyWebhookAnswers(ObjectProvider<WebhookEndpoints> endpoints, FlowPolicies policies) {
		return new WebhookAnswers(endpoints::getObject, (flow) -> policies.of(flow).waitFor());
	}

	@Bean
	WebMvcConfigurer idempotencyWebhookGuard(ObjectProvider<WebhookEndpoints> endpoints,
			ObjectProvider<EffectListener> listeners) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(new WebhookGuard(endpoints::getObject, (event) -> all(listeners).on(event)))
					.order(Ordered.HIGHEST_PRECEDENCE);
			}

		};
	}

	private static EffectListener all(ObjectProvider<EffectListener> listeners) {
		return EffectListener.all(listeners.orderedStream().toList());
	}

}
