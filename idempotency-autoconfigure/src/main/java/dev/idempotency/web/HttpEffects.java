// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.idempotency.delivery.FailureClassifier;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.effect.ResultCodec;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * Makes what lets handler methods of Spring MVC have their effect once.
 */
public final class HttpEffects {

	private final EffectHandlers handlers;

	private final HttpSettings settings;

	/**
	 * Creates the parts of one application context.
	 * @param flows knows which handlers have an effect
	 * @param settings what is expected of requests
	 */
	public HttpEffects(ListenerFlows flows, HttpSettings settings) {
		this.handlers = new EffectHandlers(flows);
		this.settings = settings;
	}

	/**
	 * Lets the body of a request with a key be read twice.
	 * @return the filter, ordered inside of authentication
	 */
	public Filter filter() {
		return new RepeatableRequestFilter(this.settings);
	}

	/**
	 * Gives a request with a key its identity.
	 * @param scope whose key it is
	 * @param fingerprinter digests JSON bodies
	 * @param listener hears about refused requests
	 * @param waiting whether a flow cannot run now, because its database is away
	 * @return the interceptor
	 */
	public HandlerInterceptor interceptor(KeyScope scope, Fingerprinter fingerprinter, EffectListener listener,
			Predicate<String> waiting) {
		RequestContent content = new RequestContent(fingerprinter, this.settings.maxBodySize());
		return new RequestIdentityInterceptor(this.handlers, this.settings, scope, content, listener, waiting);
	}

	/**
	 * Answers with problem details when an effect was not run.
	 * @param classifier tells what is at fault
	 * @return the resolver, ordered before the application's exception handlers
	 */
	public HandlerExceptionResolver problems(FailureClassifier classifier) {
		return new EffectProblemResolver(this.handlers, this.settings, classifier);
	}

	/**
	 * Checks handlers when the application starts.
	 * @param mappings every handler method
	 * @param catalogue takes those with an effect
	 * @param policies what is configured for them
	 * @return the checks
	 */
	public SmartInitializingSingleton checks(Supplier<Map<RequestMappingInfo, HandlerMethod>> mappings,
			FlowCatalogue catalogue, FlowPolicies policies) {
		return new HandlerChecks(mappings, this.handlers, catalogue, policies);
	}

	/**
	 * Stores status and headers around bodies.
	 * @param bodies stores bodies
	 * @param settings which headers are stored
	 * @return the codec
	 */
	public static ResultCodec codec(ResultCodec bodies, HttpSettings settings) {
		return new ResponseResultCodec(bodies, settings);
	}

}
