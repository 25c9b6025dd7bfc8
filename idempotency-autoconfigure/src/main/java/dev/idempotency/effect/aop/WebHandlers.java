// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Knows the mapping annotation of Spring's web frameworks by name; they are optional.
 */
final class WebHandlers {

	private static final String MAPPING = "org.springframework.web.bind.annotation.RequestMapping";

	private WebHandlers() {
	}

	static boolean isHandler(Method method) {
		return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.stream()
			.map(MergedAnnotation<Annotation>::getType)
			.anyMatch((type) -> type.getName().equals(MAPPING));
	}

}
