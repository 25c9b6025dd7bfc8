// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ProxyRuleTests {

	private final EffectMethods methods = new EffectMethods();

	@Test
	void oneAdviceIsFine() {
		assertThat(check(classProxy(effect()))).isEmpty();
	}

	@Test
	void beanWithoutAProxyIsRefused() {
		assertThat(check(new Service())).extracting(Contradiction::found)
			.containsExactly("a bean without the effect advice");
	}

	@Test
	void twoAdvicesInOneProxyOrInTwoAreRefused() {
		assertThat(check(classProxy(effect(), effect()))).extracting(Contradiction::found)
			.containsExactly("2 effect advices around one bean");
		ProxyFactory outer = new ProxyFactory(classProxy(effect()));
		outer.setProxyTargetClass(true);
		outer.addAdvisor(effect());
		assertThat(check(outer.getProxy())).extracting(Contradiction::found)
			.containsExactly("2 effect advices around one bean");
	}

	@Test
	void interfaceProxyWithoutTheMethodIsRefused() {
		ProxyFactory factory = new ProxyFactory();
		factory.setTarget(new Service());
		factory.addInterface(Other.class);
		factory.addAdvisor(effect());
		assertThat(check(factory.getProxy())).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.found()).isEqualTo("a JDK proxy that does not have this method");
			assertThat(contradiction.fix()).contains("Declare the method in an interface",
					"spring.aop.proxy-target-class=true");
		});
	}

	@Test
	void asyncInsideOfTheEffectIsRefused() {
		Advisor async = new DefaultPointcutAdvisor(new AsyncExecutionInterceptor((Executor) Runnable::run));
		assertThat(check(classProxy(effect(), async))).singleElement()
			.satisfies((contradiction) -> assertThat(contradiction.found()).isEqualTo("@Async inside of the effect"));
		assertThat(check(classProxy(async, effect()))).isEmpty();
	}

	@Test
	void retryInsideOfTheEffectIsWarnedAbout(CapturedOutput output) {
		assertThat(check(classProxy(effect(), new DefaultPointcutAdvisor(new SomeRetryInterceptor())))).isEmpty();
		assertThat(output).contains("Bean 'service', method " + Service.class.getName() + ".handle(String)")
			.contains("SomeRetryInterceptor repeats the method inside of its effect");
	}

	private EffectAdvisor effect() {
		return new EffectAdvisor(this.methods, new EffectInterceptor(null, this.methods, null, null, null, null));
	}

	private static Object classProxy(Advisor... advisors) {
		ProxyFactory factory = new ProxyFactory(new Service());
		factory.setProxyTargetClass(true);
		factory.addAdvisors(advisors);
		return factory.getProxy();
	}

	private List<Contradiction> check(Object instance) {
		List<Contradiction> contradictions = new ArrayList<>();
		this.methods.of(Service.class)
			.values()
			.forEach((method) -> new ProxyRule().check(new EffectBean("service", Service.class, instance), method,
					contradictions::add));
		return contradictions;
	}

	interface Other {

		void other();

	}

	static class Service implements Other {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

		@Override
		public void other() {
		}

	}

	static class SomeRetryInterceptor implements MethodInterceptor {

		@Override
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			return invocation.proceed();
		}

	}

}
