// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.Ordered;

/**
 * Puts the interceptor around annotated methods: outside of {@code @Transactional}, which
 * then joins the effect's transaction, and inside of {@code @Retryable} and
 * {@code @Async}, so that each attempt claims anew on the thread that does the work.
 */
final class EffectAdvisor extends AbstractPointcutAdvisor {

	static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

	private final transient Pointcut pointcut;

	private final transient Advice advice;

	EffectAdvisor(EffectMethods methods, EffectInterceptor interceptor) {
		this.pointcut = new EffectPointcut(methods);
		this.advice = interceptor;
		setOrder(ORDER);
	}

	@Override
	public Pointcut getPointcut() {
		return this.pointcut;
	}

	@Override
	public Advice getAdvice() {
		return this.advice;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

	/**
	 * Matches by class first: nearly no class has annotated methods.
	 */
	private static final class EffectPointcut extends StaticMethodMatcherPointcut {

		private final EffectMethods methods;

		private EffectPointcut(EffectMethods methods) {
			this.methods = methods;
			setClassFilter((type) -> !methods.of(type).isEmpty());
		}

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return this.methods.find(method, targetClass) != null;
		}

	}

}
