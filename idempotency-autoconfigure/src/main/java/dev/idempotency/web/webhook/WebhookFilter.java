// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.web.RepeatableRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets nothing reach the handler of a webhook whose signature does not hold. Before that,
 * nothing is parsed, looked up or written. What is genuine becomes the current delivery,
 * from which an effect has its identity.
 */
public final class WebhookFilter extends OncePerRequestFilter implements Ordered {

	/**
	 * Before Spring Security's filters, which may read the body for parameters.
	 */
	private static final int ORDER = -200;

	private static final Logger logger = LoggerFactory.getLogger(WebhookFilter.class);

	private final Supplier<WebhookEndpoints> endpoints;

	private final EffectListener listener;

	private final Clock clock;

	/**
	 * Creates a filter.
	 * @param endpoints knows the paths, asked at the first request
	 * @param listener hears what is refused
	 * @param clock gives the time of arrival
	 */
	public WebhookFilter(Supplier<WebhookEndpoints> endpoints, EffectListener listener, Clock clock) {
		this.endpoints = endpoints;
		this.listener = listener;
		this.clock = clock;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		WebhookRoute route = this.endpoints.get().route(request);
		if (route == null) {
			chain.doFilter(request, response);
			return;
		}
		RepeatableRequest repeatable = new RepeatableRequest(request);
		byte[] body = repeatable.body(route.maxBody());
		if (body == null) {
			refuse(route, response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
					"its body has more than " + route.maxBody() + " bytes");
			return;
		}
		Verification verification = route.verifier()
			.verify(new WebhookRequest((name) -> single(request, name), body, this.clock.instant()));
		if (verification instanceof Verification.Forged forged) {
			refuse(route, response, HttpServletResponse.SC_UNAUTHORIZED, forged.reason());
		}
		else if (verification instanceof Verification.Nameless nameless) {
			refuse(route, response, HttpServletResponse.SC_BAD_REQUEST, nameless.reason());
		}
		else if (verification instanceof Verification.Genuine genuine) {
			handle(route, genuine, repeatable, body, response, chain);
		}
	}

	private void handle(WebhookRoute route, Verification.Genuine genuine, HttpServletRequest request, byte[] body,
			HttpServletResponse response, FilterChain chain) throws ServletException, IOException {
		request.setAttribute(WebhookGuard.VERIFIED, route.name());
		CurrentDelivery.set(delivery(route, genuine, request, body));
		try {
			chain.doFilter(request, response);
		}
		finally {
			CurrentDelivery.clear();
		}
	}

	private static Delivery delivery(WebhookRoute route, Verification.Genuine genuine, HttpServletRequest request,
			byte[] body) {
		return new Delivery("webhook", route.name(), genuine.id(), false, null, null, headers(request),
				Map.of("source", "webhook:" + route.name(), "id", genuine.id()), genuine.comparable() ? body : null,
				() -> new Delivery.Original(body), false);
	}

	private static Map<String, String> headers(HttpServletRequest request) {
		Map<String, String> headers = new HashMap<>();
		Collections.list(request.getHeaderNames())
			.forEach((name) -> headers.put(name.toLowerCase(Locale.ROOT), request.getHeader(name)));
		return headers;
	}

	/**
	 * Two values of a header leave it open which one was meant.
	 */
	private static @Nullable String single(HttpServletRequest request, String name) {
		List<String> values = Collections.list(request.getHeaders(name));
		return (values.size() == 1) ? values.get(0) : null;
	}

	private void refuse(WebhookRoute route, HttpServletResponse response, int status, String reason) {
		logger.debug("A delivery to webhook {} is refused with {}: {}", route.name(), status, reason);
		this.listener.on(new EffectEvent.Refused(route.flow(), reason));
		response.setStatus(status);
	}

}
