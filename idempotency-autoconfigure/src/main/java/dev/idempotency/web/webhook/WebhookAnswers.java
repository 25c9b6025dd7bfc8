// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web.webhook;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectInProgressException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Says to a sender what became of a delivery, before the application's own exception
 * handlers, which know nothing of repetitions: a 2xx status ends them, any other asks for
 * another one. Other refusals are answered as those of requests with a key; what the
 * handler itself throws is left to the application.
 */
public final class WebhookAnswers implements HandlerExceptionResolver, Ordered {

	private final Supplier<WebhookEndpoints> endpoints;

	private final Function<String, Duration> waitFor;

	/**
	 * Creates the answers.
	 * @param endpoints knows the flows of handlers
	 * @param waitFor how long a concurrent repetition of a flow waits, after which it
	 * should come again
	 */
	public WebhookAnswers(Supplier<WebhookEndpoints> endpoints, Function<String, Duration> waitFor) {
		this.endpoints = endpoints;
		this.waitFor = waitFor;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (!(handler instanceof HandlerMethod method) || !method.hasMethodAnnotation(WebhookEndpoint.class)) {
			return null;
		}
		if (ex instanceof DuplicateEffectException) {
			return answer(response, HttpServletResponse.SC_OK);
		}
		if (ex instanceof EffectInProgressException) {
			Duration wait = this.waitFor.apply(this.endpoints.get().flow(method));
			response.setHeader("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
			return answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
		}
		return null;
	}

	private static ModelAndView answer(HttpServletResponse response, int status) {
		response.setStatus(status);
		return new ModelAndView();
	}

}
