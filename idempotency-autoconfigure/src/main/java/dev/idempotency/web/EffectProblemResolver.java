// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.io.IOException;
import java.io.UncheckedIOException;

import dev.idempotency.delivery.CurrentDelivery;
import dev.idempotency.delivery.FailureClassifier;
import dev.idempotency.delivery.FailureClassifier.Fault;
import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.effect.DuplicateEffectException;
import dev.idempotency.effect.EffectCollisionException;
import dev.idempotency.effect.EffectInDoubtException;
import dev.idempotency.effect.EffectInProgressException;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StaleClaimException;
import dev.idempotency.effect.StoredResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers for handlers with an effect when the effect was not run. Comes before the
 * application's own exception handlers: a catch-all there would turn every refusal into
 * an error of the server.
 */
final class EffectProblemResolver implements HandlerExceptionResolver, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(EffectProblemResolver.class);

	/** Before Spring MVC's own, which asks the application's exception handlers. */
	private static final int ORDER = -10;

	static final String LATER = "The request cannot be handled now; repeat it later, with the same key";

	private final EffectHandlers handlers;

	private final HttpSettings settings;

	private final FailureClassifier classifier;

	EffectProblemResolver(EffectHandlers handlers, HttpSettings settings, FailureClassifier classifier) {
		this.handlers = handlers;
		this.settings = settings;
		this.classifier = classifier;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception failure) {
		ListenerFlow flow = this.handlers.find(handler);
		if (response.isCommitted() || flow == null) {
			return null;
		}
		try {
			return answer(flow, request, response, failure) ? new ModelAndView() : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The answer cannot be written", ex);
		}
	}

	private boolean answer(ListenerFlow flow, HttpServletRequest request, HttpServletResponse response,
			Exception failure) throws IOException {
		if (failure instanceof RequestRefusedException refused) {
			String detail = String.valueOf(refused.getMessage());
			return (refused.type() == ProblemType.UNAVAILABLE) ? later(request, response, refused.type(), detail)
					: problem(request, response, refused.type(), detail);
		}
		if (failure instanceof InvalidIdentityException) {
			if (CurrentDelivery.isIdentified(flow.name())) {
				logger.error("A request cannot be handled: its own identity is usable, but not one it led to", failure);
				return false;
			}
			logger.info("A request was refused: {}", failure.getMessage());
			return problem(request, response, ProblemType.KEY_MALFORMED, "The request has no usable identity");
		}
		if (failure instanceof EffectInDoubtException) {
			return problem(request, response, ProblemType.IN_DOUBT,
					"Nobody knows yet whether the first request with this key had its effect, so it is not repeated");
		}
		if (failure instanceof EffectInProgressException || failure instanceof StaleClaimException) {
			return later(request, response, ProblemType.IN_PROGRESS,
					"The first request with this key is not finished; repeat this one later, with the same key");
		}
		if (failure instanceof EffectCollisionException) {
			return problem(request, response, ProblemType.KEY_REUSED,
					"This key was used with another request; give each request a key of its own");
		}
		if (failure instanceof DuplicateEffectException duplicate) {
			return repeated(request, response, duplicate);
		}
		if (failure instanceof ResultException) {
			logger.error("A request cannot be answered", failure);
			return problem(request, response, ProblemType.RESULT_UNAVAILABLE,
					"The answer cannot be stored or read. Repeating the request with the same key does no harm");
		}
		if (this.classifier.classify(failure) == Fault.INFRASTRUCTURE) {
			logger.warn("A request cannot be handled now", failure);
			return later(request, response, ProblemType.UNAVAILABLE, LATER);
		}
		return false;
	}

	private boolean repeated(HttpServletRequest request, HttpServletResponse response, DuplicateEffectException failure)
			throws IOException {
		response.setHeader(RequestIdentityInterceptor.REPLAYED, "true");
		StoredResult stored = failure.stored();
		StoredResponse rejection = (stored != null) ? StoredResponse.rejection(stored) : null;
		if (rejection != null) {
			rejection.headers().forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
			return write(response, rejection.status(), rejection.body());
		}
		return switch (failure.outcome()) {
			case REJECTED -> problem(request, response, ProblemType.REJECTED,
					"The first request with this key was rejected, and so is this one");
			case COMPLETED -> problem(request, response, ProblemType.RESULT_UNAVAILABLE,
					"The first request with this key was carried out; its answer was not kept");
		};
	}

	private boolean later(HttpServletRequest request, HttpServletResponse response, ProblemType type, String detail)
			throws IOException {
		response.setHeader("Retry-After", this.settings.retryAfterSeconds());
		return problem(request, response, type, detail);
	}

	private boolean problem(HttpServletRequest request, HttpServletResponse response, ProblemType type, String detail)
			throws IOException {
		return write(response, type.status(),
				ProblemDocument.of(this.settings.problemBase(), type, detail, request.getRequestURI()));
	}

	private static boolean write(HttpServletResponse response, int status, byte[] document) throws IOException {
		response.resetBuffer();
		response.setStatus(status);
		response.setContentType(ProblemDocument.CONTENT_TYPE);
		response.setContentLength(document.length);
		response.getOutputStream().write(document);
		return true;
	}

}
