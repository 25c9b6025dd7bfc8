// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.web;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.effect.ResultCodec;
import dev.idempotency.effect.ResultException;
import dev.idempotency.effect.StoredResult;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

/**
 * Stores what handler methods return around their body: status and chosen headers of a
 * {@code ResponseEntity}. The body, and every other result, is left to the codec behind
 * it. Of a handler that throws and whose transaction commits it stores what the exception
 * says of itself.
 */
final class ResponseResultCodec implements ResultCodec {

	private static final int OK = 200;

	private final ResultCodec bodies;

	private final HttpSettings settings;

	ResponseResultCodec(ResultCodec bodies, HttpSettings settings) {
		this.bodies = bodies;
		this.settings = settings;
	}

	@Override
	public StoredResult encode(@Nullable Object value, Type type) {
		Type bodyType = bodyType(type);
		if (bodyType == null || !(value instanceof HttpEntity<?> entity)) {
			return this.bodies.encode(value, type);
		}
		Object body = entity.getBody();
		StoredResult stored = this.bodies.encode(body, known(bodyType, body));
		byte[] bytes = stored.body();
		if (bytes == null) {
			throw new ResultException("Its body cannot be stored");
		}
		int status = (entity instanceof ResponseEntity<?> response) ? response.getStatusCode().value() : OK;
		return new StoredResponse(status, chosen(entity.getHeaders()), stored.codec(), bytes).entity();
	}

	@Override
	public @Nullable Object decode(StoredResult stored, Type type) {
		Type bodyType = bodyType(type);
		byte[] bytes = stored.body();
		if (bodyType == null || bytes == null || !stored.codec().equals(StoredResponse.ENTITY)) {
			return this.bodies.decode(stored, type);
		}
		StoredResponse response = StoredResponse.read(bytes);
		HttpHeaders headers = new HttpHeaders();
		response.headers().forEach(headers::addAll);
		Object body = this.bodies.decode(new StoredResult(response.codec(), response.body()), bodyType);
		return (ResolvableType.forType(type).toClass() == ResponseEntity.class)
				? new ResponseEntity<>(body, headers, HttpStatusCode.valueOf(response.status()))
				: new HttpEntity<>(body, headers);
	}

	@Override
	public @Nullable StoredResult encodeRejection(Throwable failure) {
		if (failure instanceof ErrorResponse problem) {
			return new StoredResponse(problem.getStatusCode().value(), chosen(problem.getHeaders()), "problem",
					ProblemDocument.of(problem.getBody()))
				.rejection();
		}
		ResponseStatus status = AnnotatedElementUtils.findMergedAnnotation(failure.getClass(), ResponseStatus.class);
		if (status == null) {
			return this.bodies.encodeRejection(failure);
		}
		ProblemDetail problem = status.reason().isEmpty() ? ProblemDetail.forStatus(status.code())
				: ProblemDetail.forStatusAndDetail(status.code(), status.reason());
		return new StoredResponse(status.code().value(), Map.of(), "problem", ProblemDocument.of(problem)).rejection();
	}

	private Map<String, List<String>> chosen(HttpHeaders headers) {
		Map<String, List<String>> chosen = new LinkedHashMap<>();
		headers.forEach((name, values) -> {
			if (this.settings.replays(name)) {
				chosen.put(name, values);
			}
		});
		return chosen;
	}

	private static @Nullable Type bodyType(Type type) {
		ResolvableType resolvable = ResolvableType.forType(type);
		Class<?> raw = resolvable.toClass();
		if (raw != ResponseEntity.class && raw != HttpEntity.class) {
			return null;
		}
		ResolvableType body = resolvable.getGeneric(0);
		return (body.resolve() != null) ? body.getType() : Object.class;
	}

	/**
	 * A body of an undeclared type is written as what it is and told again as the JSON
	 * value that it was written as.
	 */
	private static Type known(Type declared, @Nullable Object body) {
		if (body == null || ResolvableType.forType(declared).resolve(Object.class) != Object.class) {
			return declared;
		}
		if (body.getClass().isArray()) {
			throw new ResultException("An array is not told from other JSON; declare ResponseEntity<"
					+ body.getClass().getSimpleName() + ">");
		}
		return body.getClass();
	}

}
