// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.delivery.FailureClassifier;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.effect.ResultCodec;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.web.HttpEffects;
import dev.idempotency.web.HttpSettings;
import dev.idempotency.web.KeyScope;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configuration for handler methods of Spring MVC that have their effect once per
 * idempotency key.
 */
@AutoConfiguration(after = IdempotencyAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass(WebMvcConfigurer.class)
@EnableConfigurationProperties(WebIdempotencyProperties.class)
public final class WebIdempotencyAutoConfiguration {

	WebIdempotencyAutoConfiguration() {
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BeanPostProcessor httpResultCodec(ObjectProvider<HttpSettings> settings) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				return (bean instanceof ResultCodec codec) ? HttpEffects.codec(codec, settings.getObject()) : bean;
			}

		};
	}

	@Bean
	HttpSettings httpSettings(WebIdempotencyProperties properties) {
		return properties.settings();
	}

	@Bean
	HttpEffects httpEffects(ListenerFlows flows, HttpSettings settings) {
		return new HttpEffects(flows, settings);
	}

	@Bean
	@ConditionalOnMissingBean
	KeyScope idempotencyKeyScope() {
		return KeyScope.principal();
	}

	@Bean
	Filter idempotencyRequestFilter(HttpEffects effects) {
		return effects.filter();
	}

	@Bean
	WebMvcConfigurer idempotencyKeys(HttpEffects effects, KeyScope scope, Fingerprinter fingerprinter,
			ObjectProvider<EffectListener> listeners, StoreWatch store, FlowPolicies policies) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(effects.interceptor(scope, fingerprinter,
						EffectListener.all(listeners.orderedStream().toList()),
						(flow) -> store.isAway() && !policies.of(flow).passesThrough()));
			}

		};
	}

	@Bean
	HandlerExceptionResolver idempotencyProblems(HttpEffects effects, FailureClassifier classifier) {
		return effects.problems(classifier);
	}

	@Bean
	SmartInitializingSingleton idempotencyHandlerChecks(HttpEffects effects,
			ObjectProvider<RequestMappingHandlerMapping> mappings, FlowCatalogue catalogue, FlowPolicies policies) {
		return effects.checks(() -> {
			Map<RequestMappingInfo, HandlerMethod> all = new LinkedHashMap<>();
			mappings.forEach((mapping) -> all.putAll(mapping.getHandlerMethods()));
			return all;
		}, catalogue, policies);
	}

}
