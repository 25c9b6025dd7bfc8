// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.ExactlyOnceEffect;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.resilience.retry.AbstractRetryInterceptor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

class EffectAdvisorOrderTests {

	@Test
	void chainIsAsyncThenRetryThenEffectThenTransaction() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(Surrounded.class)) {
			List<Class<?>> advices = new ArrayList<>();
			for (Advisor advisor : ((Advised) context.getBean(Service.class)).getAdvisors()) {
				advices.add(advisor.getAdvice().getClass());
			}
			assertThat(advices).filteredOn((advice) -> !advice.getName().contains("$$Lambda")).hasSize(4);
			assertThat(index(advices, AsyncExecutionInterceptor.class))
				.isLessThan(index(advices, EffectInterceptor.class));
			assertThat(index(advices, AbstractRetryInterceptor.class))
				.isLessThan(index(advices, EffectInterceptor.class));
			assertThat(index(advices, EffectInterceptor.class))
				.isLessThan(index(advices, TransactionInterceptor.class));
		}
	}

	@Test
	void probeOutsideSeesNoTransactionAndProbeInsideSeesIt() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(Surrounded.class)) {
			context.getBean(Service.class).plain("42");
			assertThat(context.getBean(Probes.class).seen).containsExactly("outside false", "inside true");
		}
	}

	@Test
	void everyAttemptOfARetryClaimsAnewAndTheLastOneCommits() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(Surrounded.class)) {
			Service service = context.getBean(Service.class);
			service.flaky("42");
			Events events = context.getBean(Events.class);
			assertThat(service.attempts()).isEqualTo(3);
			assertThat(events.of(EffectEvent.Claimed.class)).hasSize(3);
			assertThat(events.of(EffectEvent.RolledBack.class)).hasSize(2);
			assertThat(events.of(EffectEvent.Completed.class)).hasSize(1);
			assertThat(context.getBean(Ledger.class).entries()).containsExactly("flaky 42");
		}
	}

	@Test
	void asyncMethodClaimsAndCommitsOnTheWorker() throws Exception {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(Surrounded.class)) {
			Service service = context.getBean(Service.class);
			service.async("42");
			service.async("42");
			Worker worker = context.getBean(Worker.class);
			worker.drain();
			assertThat(context.getBean(Ledger.class).entries()).containsExactly("async 42");
			assertThat(context.getBean(Events.class).of(EffectEvent.Duplicate.class)).hasSize(1);
		}
	}

	private static int index(List<Class<?>> advices, Class<?> type) {
		for (int i = 0; i < advices.size(); i++) {
			if (type.isAssignableFrom(advices.get(i))) {
				return i;
			}
		}
		throw new AssertionError(type + " is not in " + advices);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	@EnableResilientMethods(proxyTargetClass = true)
	static class Surrounded {

		@Bean
		Service service(Ledger ledger) {
			return new Service(ledger);
		}

		@Bean
		Worker taskExecutor() {
			return new Worker();
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Probes probes() {
			return new Probes();
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor outside(Probes probes) {
			return probe(probes, "outside", EffectAdvisor.ORDER - 1);
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor inside(Probes probes) {
			return probe(probes, "inside", EffectAdvisor.ORDER + 1);
		}

		private static AbstractPointcutAdvisor probe(Probes probes, String name, int order) {
			DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(
					AnnotationMatchingPointcut.forMethodAnnotation(ExactlyOnceEffect.class),
					(MethodInterceptor) (invocation) -> {
						probes.seen.add(name + " " + TransactionSynchronizationManager.isActualTransactionActive());
						return invocation.proceed();
					});
			advisor.setOrder(order);
			assertThat(order).isLessThan(Ordered.LOWEST_PRECEDENCE);
			return advisor;
		}

	}

	static class Probes {

		private final List<String> seen = new ArrayList<>();

	}

	/**
	 * Runs each task on a thread of its own.
	 */
	static class Worker implements Executor {

		private final List<CompletableFuture<Void>> tasks = new ArrayList<>();

		@Override
		public void execute(Runnable task) {
			CompletableFuture<Void> previous = this.tasks.isEmpty() ? CompletableFuture.completedFuture(null)
					: this.tasks.get(this.tasks.size() - 1);
			this.tasks.add(previous.thenRunAsync(task));
		}

		void drain() throws Exception {
			for (CompletableFuture<Void> task : this.tasks) {
				task.get(10, TimeUnit.SECONDS);
			}
		}

	}

	static class Service {

		private final Ledger ledger;

		private int attempts;

		Service(Ledger ledger) {
			this.ledger = ledger;
		}

		public int attempts() {
			return this.attempts;
		}

		@ExactlyOnceEffect(flow = "plain", key = "#id")
		public void plain(String id) {
			this.ledger.add("plain " + id);
		}

		@Retryable(maxRetries = 5, delay = 1)
		@ExactlyOnceEffect(flow = "flaky", key = "#id")
		@Transactional
		public void flaky(String id) {
			this.ledger.add("flaky " + id);
			if (++this.attempts < 3) {
				throw new IllegalStateException("attempt " + this.attempts);
			}
		}

		@Async
		@ExactlyOnceEffect(flow = "async", key = "#id")
		@Transactional
		public void async(String id) {
			this.ledger.add("async " + id);
			assertThat(Arrays.stream(Thread.currentThread().getStackTrace()).map(StackTraceElement::getMethodName))
				.doesNotContain("asyncMethodClaimsAndCommitsOnTheWorker");
		}

	}

}
