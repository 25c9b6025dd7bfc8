// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

import dev.idempotency.effect.UnprotectedEffectException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Results that do their work after the method has returned, and so after the commit.
 */
final class LateResults {

	private static final Set<String> OTHERS = Set.of("org.reactivestreams.Publisher",
			"java.util.concurrent.CompletionStage", "kotlinx.coroutines.flow.Flow",
			"org.springframework.web.context.request.async.DeferredResult",
			"org.springframework.web.context.request.async.WebAsyncTask",
			"org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
			"org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody");

	private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
		@Override
		protected Boolean computeValue(Class<?> type) {
			return examine(type);
		}
	};

	private LateResults() {
	}

	static boolean isLate(Class<?> type) {
		return KNOWN.get(type);
	}

	private static boolean examine(Class<?> type) {
		return Future.class.isAssignableFrom(type) || Flow.Publisher.class.isAssignableFrom(type)
				|| BaseStream.class.isAssignableFrom(type) || Iterator.class.isAssignableFrom(type)
				|| Callable.class.isAssignableFrom(type) || isOther(type)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
	}

	/**
	 * Refuses a late result that the method's signature did not show.
	 */
	static @Nullable Object refuse(@Nullable Object result, EffectMethod method) {
		if (result != null && isLate(result.getClass())) {
			throw new UnprotectedEffectException(method.location() + " returned a " + result.getClass().getName()
					+ ", whose work may go on after "
					+ (method.external() ? "the outcome is stored; " : "the commit. Everything is rolled back; ")
					+ "wait for the result inside the method and return the value");
		}
		return result;
	}

	private static boolean isOther(Class<?> type) {
		if (OTHERS.contains(type.getName())) {
			return true;
		}
		if (type.getSuperclass() != null && isOther(type.getSuperclass())) {
			return true;
		}
		return ClassUtils.getAllInterfacesForClassAsSet(type)
			.stream()
			.anyMatch((each) -> OTHERS.contains(each.getName()));
	}

}
