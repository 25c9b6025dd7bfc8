// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.server.PathContainer;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The webhooks of the application: found, checked and put into the catalogue before the
 * first request is taken.
 */
public final class WebhookEndpoints implements SmartInitializingSingleton {

	private final Supplier<List<RequestMappingHandlerMapping>> mappings;

	private final Map<String, WebhookSettings> settings;

	private final ListenerFlows flows;

	private final FlowPolicies policies;

	private final FlowCatalogue catalogue;

	private volatile List<WebhookRoute> routes = List.of();

	/**
	 * Creates the endpoints.
	 * @param mappings where handlers are found
	 * @param settings how each endpoint is configured
	 * @param flows knows which handlers have an effect
	 * @param policies what is configured per flow
	 * @param catalogue gets a row for each
	 */
	public WebhookEndpoints(Supplier<List<RequestMappingHandlerMapping>> mappings,
			Map<String, WebhookSettings> settings, ListenerFlows flows, FlowPolicies policies,
			FlowCatalogue catalogue) {
		this.mappings = mappings;
		this.settings = Map.copyOf(settings);
		this.flows = flows;
		this.policies = policies;
		this.catalogue = catalogue;
	}

	@Override
	public void afterSingletonsInstantiated() {
		WebhookRules rules = new WebhookRules(this.settings);
		Map<RequestMappingInfo, HandlerMethod> handlers = new LinkedHashMap<>();
		this.mappings.get().forEach((mapping) -> handlers.putAll(mapping.getHandlerMethods()));
		List<WebhookRoute> found = new ArrayList<>();
		handlers.forEach((info, method) -> {
			WebhookEndpoint endpoint = method.getMethodAnnotation(WebhookEndpoint.class);
			if (endpoint != null) {
				found.addAll(routes(rules, endpoint.value(), info, method));
			}
		});
		rules.conflicts(found);
		if (!rules.contradictions().isEmpty()) {
			throw new ContradictionException(rules.contradictions());
		}
		this.routes = found.stream().sorted(Comparator.comparing(WebhookRoute::pattern)).toList();
	}

	private List<WebhookRoute> routes(WebhookRules rules, String name, RequestMappingInfo info, HandlerMethod method) {
		ListenerFlow flow = listenerFlow(method);
		WebhookVerifier verifier = rules.verifier(name, flow);
		WebhookSettings endpoint = this.settings.get(name);
		if (verifier == null || endpoint == null) {
			return List.of();
		}
		this.catalogue.add(rules.row(name, endpoint, flow, this.policies.of(flow.name())));
		Set<String> methods = info.getMethodsCondition()
			.getMethods()
			.stream()
			.map(Enum::name)
			.collect(Collectors.toUnmodifiableSet());
		return patterns(info).stream()
			.map((pattern) -> new WebhookRoute(name, flow.name(), pattern, methods, verifier, endpoint.maxBody()))
			.toList();
	}

	private static Set<PathPattern> patterns(RequestMappingInfo info) {
		return (info.getPathPatternsCondition() != null) ? info.getPathPatternsCondition().getPatterns() : Set.of();
	}

	@Nullable WebhookRoute route(HttpServletRequest request) {
		List<WebhookRoute> known = this.routes;
		if (known.isEmpty()) {
			return null;
		}
		PathContainer path = ServletRequestPathUtils.hasParsedRequestPath(request)
				? ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication()
				: ServletRequestPathUtils.parse(request).pathWithinApplication();
		return known.stream().filter((route) -> route.isFor(request, path)).findFirst().orElse(null);
	}

	/**
	 * The flow of a handler.
	 */
	String flow(HandlerMethod method) {
		return listenerFlow(method).name();
	}

	private ListenerFlow listenerFlow(HandlerMethod method) {
		return this.flows.of(method.getBeanType(), method.getMethod(), method.getMethod().getName());
	}

}
