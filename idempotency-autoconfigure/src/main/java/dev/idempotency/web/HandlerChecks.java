// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpEntity;
import org.springframework.http.ProblemDetail;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * Looks at every handler with an effect when the application starts: refuses those whose
 * answer could not be told again, and adds the others to the catalogue.
 */
final class HandlerChecks implements SmartInitializingSingleton {

	private static final Set<String> WRITING = Set.of("jakarta.servlet.ServletResponse",
			"jakarta.servlet.http.HttpServletResponse", "java.io.OutputStream", "java.io.Writer");

	private final Supplier<Map<RequestMappingInfo, HandlerMethod>> mappings;

	private final EffectHandlers handlers;

	private final FlowCatalogue catalogue;

	private final FlowPolicies policies;

	HandlerChecks(Supplier<Map<RequestMappingInfo, HandlerMethod>> mappings, EffectHandlers handlers,
			FlowCatalogue catalogue, FlowPolicies policies) {
		this.mappings = mappings;
		this.handlers = handlers;
		this.catalogue = catalogue;
		this.policies = policies;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<Contradiction> contradictions = new ArrayList<>();
		Map<ListenerFlow, List<String>> places = new LinkedHashMap<>();
		this.mappings.get().forEach((mapping, handler) -> {
			ListenerFlow flow = this.handlers.find(handler);
			if (flow != null) {
				check(mapping, handler, flow, contradictions);
				places.computeIfAbsent(flow, (it) -> new ArrayList<>()).add(describe(mapping));
			}
		});
		if (!contradictions.isEmpty()) {
			throw new ContradictionException(contradictions);
		}
		places.forEach((flow, where) -> this.catalogue
			.add(HandlerRow.of(flow, String.join(", ", where), this.policies.of(flow.name()))));
	}

	private static void check(RequestMappingInfo mapping, HandlerMethod handler, ListenerFlow flow,
			List<Contradiction> contradictions) {
		Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
		boolean safe = methods.isEmpty()
				|| methods.stream().anyMatch((method) -> RequestIdentityInterceptor.SAFE.contains(method.name()));
		if (safe && !flow.keyed()) {
			contradictions.add(new Contradiction(flow.location(), "an effect behind " + describe(mapping),
					"methods that change something, such as POST; a safe method has no effect to protect, and clients "
							+ "send no key with it",
					"Map the handler to POST, PUT, PATCH or DELETE alone, or remove @ExactlyOnceEffect"));
		}
		if (!writesBody(handler)) {
			contradictions.add(new Contradiction(flow.location(), "a handler that names a view",
					"a handler whose return value is the answer, because that is what is stored for repeated requests",
					"Add @ResponseBody, make the class a @RestController, or return a ResponseEntity"));
		}
		Arrays.stream(handler.getMethod().getParameterTypes())
			.filter((type) -> WRITING.contains(type.getName()))
			.forEach((type) -> contradictions.add(new Contradiction(flow.location(),
					"a parameter of type " + ClassUtils.getQualifiedName(type),
					"an answer that is returned, because what is written past it is not stored for repeated requests",
					"Remove the parameter and return a ResponseEntity with status, headers and body")));
	}

	private static boolean writesBody(HandlerMethod handler) {
		Class<?> returned = handler.getMethod().getReturnType();
		return HttpEntity.class.isAssignableFrom(returned) || ProblemDetail.class.isAssignableFrom(returned)
				|| AnnotatedElementUtils.hasAnnotation(handler.getBeanType(), ResponseBody.class)
				|| handler.hasMethodAnnotation(ResponseBody.class);
	}

	private static String describe(RequestMappingInfo mapping) {
		Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
		String names = methods.isEmpty() ? "any method"
				: methods.stream().map(Enum::name).sorted().collect(Collectors.joining("|"));
		return names + " " + String.join("|", mapping.getPatternValues());
	}

}
