// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.util.function.Supplier;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Stands right before the handler, should a request ever get there past the filter: by a
 * forward, or another servlet.
 */
public final class WebhookGuard implements HandlerInterceptor {

	static final String VERIFIED = WebhookGuard.class.getName() + ".verified";

	private final Supplier<WebhookEndpoints> endpoints;

	private final EffectListener listener;

	/**
	 * Creates a guard.
	 * @param endpoints knows the flows of handlers
	 * @param listener hears what is refused, and what is delivered
	 */
	public WebhookGuard(Supplier<WebhookEndpoints> endpoints, EffectListener listener) {
		this.endpoints = endpoints;
		this.listener = listener;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (!(handler instanceof HandlerMethod method)) {
			return true;
		}
		WebhookEndpoint endpoint = method.getMethodAnnotation(WebhookEndpoint.class);
		if (endpoint == null) {
			return true;
		}
		String flow = this.endpoints.get().flow(method);
		if (!endpoint.value().equals(request.getAttribute(VERIFIED))) {
			this.listener.on(new EffectEvent.Refused(flow, "its signature was not verified"));
			response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
			return false;
		}
		this.listener.on(new EffectEvent.Delivered(flow, false));
		return true;
	}

}
