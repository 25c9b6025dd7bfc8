// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the annotated methods of a class, once. The pointcut, the interceptor and the
 * start-up checks all ask here, so they cannot disagree on what is protected.
 * <p>
 * Wider than Spring's own matching in one place: a method inherited from a class that
 * does not know the annotated interface counts as annotated, because callers of the
 * interface rely on it.
 */
final class EffectMethods {

	private final ConcurrentMap<Class<?>, Map<Method, EffectMethod>> cache = new ConcurrentHashMap<>();

	Map<Method, EffectMethod> of(Class<?> type) {
		Class<?> userClass = ClassUtils.getUserClass(type);
		Map<Method, EffectMethod> known = this.cache.get(userClass);
		if (known == null) {
			known = search(userClass);
			this.cache.put(userClass, known);
		}
		return known;
	}

	@Nullable EffectMethod find(Method method, Class<?> targetClass) {
		return of(targetClass).get(AopUtils.getMostSpecificMethod(method, targetClass));
	}

	private static Map<Method, EffectMethod> search(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, ExactlyOnceEffect.class)) {
			return Collections.emptyMap();
		}
		Set<Class<?>> types = new LinkedHashSet<>();
		types.add(type);
		types.addAll(ClassUtils.getAllInterfacesForClassAsSet(type));
		Map<Method, EffectMethod> found = new LinkedHashMap<>();
		for (Class<?> each : types) {
			ReflectionUtils.doWithMethods(each, (method) -> add(method, type, found),
					ReflectionUtils.USER_DECLARED_METHODS);
		}
		return found.isEmpty() ? Collections.emptyMap() : Collections.unmodifiableMap(found);
	}

	private static void add(Method method, Class<?> type, Map<Method, EffectMethod> found) {
		Method specific = AopUtils.getMostSpecificMethod(method, type);
		if (found.containsKey(specific)) {
			return;
		}
		MergedAnnotation<ExactlyOnceEffect> annotation = annotation(specific);
		if (!annotation.isPresent()) {
			annotation = annotation(method);
		}
		if (annotation.isPresent()) {
			Method declaration = (annotation.getSource() instanceof Method source) ? source : specific;
			boolean listener = BrokerListeners.isListener(specific) || BrokerListeners.isListener(declaration);
			boolean handler = WebHandlers.isHandler(specific) || WebHandlers.isHandler(declaration);
			found.put(specific, new EffectMethod(specific, declaration, annotation.synthesize(), listener, handler));
		}
	}

	private static MergedAnnotation<ExactlyOnceEffect> annotation(Method method) {
		return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).get(ExactlyOnceEffect.class);
	}

}
