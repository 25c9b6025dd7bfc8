// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.flow.Contradiction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;

/**
 * The bean that others get must have the advice, once, and nothing may sit inside of it
 * that repeats the body or moves it to another thread.
 */
final class ProxyRule implements EffectRule {

	private static final Logger logger = LoggerFactory.getLogger(ProxyRule.class);

	@Override
	public void check(EffectBean bean, EffectMethod method, Consumer<Contradiction> contradictions) {
		Object instance = bean.instance();
		if (instance == null || instance instanceof AopInfrastructureBean
				|| (instance instanceof SpringProxy && !(instance instanceof Advised))) {
			return;
		}
		List<Advisor> chain = chain(instance);
		long advices = chain.stream().filter(EffectAdvisor.class::isInstance).count();
		if (advices == 0) {
			contradictions.accept(bean.contradiction(method, "a bean without the effect advice", "a proxy with it",
					"The bean was created before proxies were, because a BeanPostProcessor needs it (look for 'not eligible "
							+ "for getting processed by all BeanPostProcessors' in the log), or auto-proxying is off; "
							+ "break that dependency with @Lazy, switch auto-proxying on, or use EffectTemplate"));
		}
		else if (advices > 1) {
			contradictions.accept(bean.contradiction(method, advices + " effect advices around one bean", "one",
					"Remove the second auto-proxy creator or the second advisor bean"));
		}
		else {
			checkInner(bean, method, chain, contradictions);
		}
		if (Proxy.isProxyClass(instance.getClass()) && !isInProxyInterface(instance.getClass(), method, bean.type())) {
			contradictions.accept(bean.contradiction(method, "a JDK proxy that does not have this method",
					"a proxy with the method", "Declare the method in an interface of the bean, or proxy the class "
							+ "(spring.aop.proxy-target-class=true)"));
		}
	}

	private static List<Advisor> chain(@Nullable Object bean) {
		List<Advisor> chain = new ArrayList<>();
		while (bean instanceof Advised advised) {
			chain.addAll(Arrays.asList(advised.getAdvisors()));
			bean = AopProxyUtils.getSingletonTarget(advised);
		}
		return chain;
	}

	private static void checkInner(EffectBean bean, EffectMethod method, List<Advisor> chain,
			Consumer<Contradiction> contradictions) {
		boolean inside = false;
		for (Advisor advisor : chain) {
			if (inside && applies(advisor, method.method(), bean.type())) {
				checkInner(bean, method, advisor, contradictions);
			}
			inside = inside || advisor instanceof EffectAdvisor;
		}
	}

	private static void checkInner(EffectBean bean, EffectMethod method, Advisor advisor,
			Consumer<Contradiction> contradictions) {
		if (advisor.getAdvice() instanceof AsyncExecutionInterceptor) {
			contradictions.accept(bean.contradiction(method, "@Async inside of the effect",
					"@Async outside of it, or the transaction commits before the work is done",
					"Let the auto-proxy creator run before the post-processor of @Async, as it does by default"));
		}
		if (advisor.getAdvice().getClass().getSimpleName().contains("Retry")) {
			logger.warn(
					"Bean '{}', method {}: {} repeats the method inside of its effect, in a transaction that the first "
							+ "failure may have marked rollback-only; let the retry surround the effect",
					bean.name(), method.location(), advisor.getAdvice().getClass().getName());
		}
	}

	/**
	 * Whether a call of the bean's method returns before its body has run.
	 */
	static boolean isAsync(EffectBean bean, EffectMethod method) {
		return chain(bean.instance()).stream()
			.anyMatch((advisor) -> advisor.getAdvice() instanceof AsyncExecutionInterceptor
					&& applies(advisor, method.method(), bean.type()));
	}

	private static boolean applies(Advisor advisor, Method method, Class<?> type) {
		return !(advisor instanceof PointcutAdvisor pointcut) || (pointcut.getPointcut().getClassFilter().matches(type)
				&& pointcut.getPointcut().getMethodMatcher().matches(method, type));
	}

	private static boolean isInProxyInterface(Class<?> proxy, EffectMethod method, Class<?> type) {
		return Arrays.stream(proxy.getInterfaces())
			.flatMap((each) -> Arrays.stream(each.getMethods()))
			.anyMatch((each) -> AopUtils.getMostSpecificMethod(each, type).equals(method.method()));
	}

}
