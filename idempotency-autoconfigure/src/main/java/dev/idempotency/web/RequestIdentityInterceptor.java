// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.AsyncHandlerInterceptor;

/**
 * Makes a request with a key the delivery from which its handler's effect takes its
 * identity. Leaves alone what already is a delivery, as a verified webhook is, and every
 * handler without an effect of its own. While the database is away it refuses at once: to
 * wait for a connection holds a thread of the server.
 */
final class RequestIdentityInterceptor implements AsyncHandlerInterceptor {

	static final String REPLAYED = "Idempotent-Replayed";

	static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private static final String OWN = RequestIdentityInterceptor.class.getName();

	private final EffectHandlers handlers;

	private final HttpSettings settings;

	private final KeyScope scope;

	private final RequestContent content;

	private final EffectListener listener;

	private final Predicate<String> waiting;

	RequestIdentityInterceptor(EffectHandlers handlers, HttpSettings settings, KeyScope scope, RequestContent content,
			EffectListener listener, Predicate<String> waiting) {
		this.handlers = handlers;
		this.settings = settings;
		this.scope = scope;
		this.content = content;
		this.listener = listener;
		this.waiting = waiting;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException, ServletException {
		ListenerFlow flow = this.handlers.find(handler);
		if (flow == null || SAFE.contains(request.getMethod())) {
			return true;
		}
		if (this.waiting.test(flow.name())) {
			throw new RequestRefusedException(ProblemType.UNAVAILABLE, EffectProblemResolver.LATER);
		}
		if (CurrentDelivery.get() != null) {
			return true;
		}
		Delivery delivery;
		try {
			delivery = flow.keyed() ? anonymous(request) : delivery(request);
		}
		catch (RequestRefusedException ex) {
			this.listener.on(new EffectEvent.Refused(flow.name(), String.valueOf(ex.getMessage())));
			throw ex;
		}
		CurrentDelivery.set(delivery, (replayed) -> {
			if (replayed.equals(flow.name())) {
				response.setHeader(REPLAYED, "true");
			}
		});
		request.setAttribute(OWN, handler);
		this.listener.on(new EffectEvent.Delivered(flow.name(), false));
		return true;
	}

	private Delivery delivery(HttpServletRequest request) throws IOException, ServletException {
		List<String> values = Collections.list(request.getHeaders(this.settings.header()));
		String key = RequestKey.of(values, this.settings);
		return delivery(request, Map.of("id", key, "source", source(request)), this.content.of(request));
	}

	/**
	 * A request whose handler finds the id by itself: only whose it is matters.
	 */
	private Delivery anonymous(HttpServletRequest request) {
		return delivery(request, Map.of("source", source(request)), null);
	}

	private String source(HttpServletRequest request) {
		String caller = this.scope.of(request);
		return (caller != null) ? "http:caller:" + caller : "http:anonymous";
	}

	private static Delivery delivery(HttpServletRequest request, Map<String, String> attributes,
			@Nullable Object content) {
		String place = request.getMethod() + " " + request.getRequestURI();
		return new Delivery(Delivery.HTTP, place, place, false, null, null, Map.of(), attributes, content,
				() -> new Delivery.Original(new byte[0]), false);
	}

	@Override
	public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
			Object handler) {
		clear(request, handler);
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception failure) {
		clear(request, handler);
	}

	private static void clear(HttpServletRequest request, Object handler) {
		if (request.getAttribute(OWN) == handler) {
			request.removeAttribute(OWN);
			CurrentDelivery.clear();
		}
	}

}
