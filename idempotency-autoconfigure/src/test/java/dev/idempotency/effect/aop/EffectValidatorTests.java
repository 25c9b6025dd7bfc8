// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.List;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.Flow;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.Semantics;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.PriorityOrdered;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EffectValidatorTests {

	@Test
	void beanCreatedBeforeTheProxiesIsRefused() {
		assertThat(Violations.of(TooEarly.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).startsWith("Bean 'handler', method ");
			assertThat(contradiction.found()).isEqualTo("a bean without the effect advice");
			assertThat(contradiction.fix()).contains("BeanPostProcessor", "@Lazy", "EffectTemplate");
		});
	}

	@Test
	void circularReferencesAreProxiedAndFine() {
		assertThat(Violations.of(CircularA.class, CircularB.class)).extracting(Contradiction::found).isEmpty();
	}

	@Test
	void contradictionsOfAllBeansAreListedTogether() {
		assertThat(Violations.of(Broken.class, AlsoBroken.class)).extracting(Contradiction::where)
			.satisfiesExactly((first) -> assertThat(first).contains("Broken'"),
					(second) -> assertThat(second).contains("AlsoBroken'"));
	}

	@Test
	void lazyBeanIsCheckedByItsClassAndNotCreated() {
		assertThat(Violations.of(LazyBroken.class)).extracting(Contradiction::found)
			.containsExactly("a private method");
	}

	@Test
	void prototypeIsCheckedBeforeItIsEverCreated() {
		assertThat(Violations.of(PrototypeBroken.class)).extracting(Contradiction::found)
			.containsExactly("a private method");
	}

	@Test
	void lateBeanThatNoDefinitionShowsIsCheckedWhenItIsCreated() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start()) {
			assertThatExceptionOfType(BeanCreationException.class)
				.isThrownBy(() -> context.getAutowireCapableBeanFactory().createBean(Broken.class))
				.withCauseInstanceOf(ContradictionException.class);
		}
	}

	@Test
	void scopedProxyIsFineAndItsTargetAdvised() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(Scoped.class)) {
			context.getBean(Scoped.class).handle("42");
			context.getBean(Scoped.class).handle("42");
			assertThat(context.getBean(Events.class).all()).hasSize(3);
		}
	}

	@Test
	void oneFlowOnTwoMethodsIsRefused() {
		assertThat(Violations.of(Twins.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).endsWith("Twins.second(String)");
			assertThat(contradiction.found()).contains("flow = \"twins\", the flow of ")
				.endsWith("Twins.first(String)");
			assertThat(contradiction.fix())
				.isEqualTo("Give each method its own flow; if they are two ways to one effect, "
						+ "let both call one annotated method");
		});
	}

	@Test
	void oneMethodOfTwoBeansIsOneEffect() {
		assertThat(Violations.of(TwoBeans.class)).isEmpty();
	}

	@Test
	void annotatedMethodsThatNoBrokerCallsAreInTheCatalogue() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(Catalogued.class)) {
			List<Flow> flows = context.getBean(FlowCatalogue.class).flows();
			assertThat(flows).extracting(Flow::name).containsExactly("report", "computing");
			assertThat(flows).extracting(Flow::kind).containsExactly(Flow.Kind.SCHEDULED, Flow.Kind.METHOD);
			assertThat(flows).allSatisfy((flow) -> {
				assertThat(flow.semantics()).isEqualTo(Semantics.EFFECTIVELY_ONCE);
				assertThat(flow.owner()).isEqualTo("team");
				assertThat(flow.location()).startsWith(Catalogued.class.getName());
			});
		}
	}

	static class Handler {

		@ExactlyOnceEffect(flow = "handling", key = "#p0")
		public void handle(String id) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TooEarly {

		@Bean
		static Handler handler() {
			return new Handler();
		}

		@Bean
		static Needy needy(Handler handler) {
			return new Needy(handler);
		}

	}

	record Needy(Handler handler) implements BeanPostProcessor, PriorityOrdered {

		@Override
		public int getOrder() {
			return 0;
		}

	}

	static class CircularA {

		@Lazy
		CircularA(CircularB other) {
			assertThat(other).isNotNull();
		}

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	static class CircularB {

		CircularB(CircularA other) {
			assertThat(other).isNotNull();
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public void handle(String id) {
		}

	}

	static class Broken {

		@ExactlyOnceEffect(flow = "broken", key = "#p0")
		private void handle(String id) {
		}

	}

	static class AlsoBroken {

		@ExactlyOnceEffect(flow = "also broken", key = "#p0")
		private void handle(String id) {
		}

	}

	@Lazy
	static class LazyBroken {

		LazyBroken() {
			throw new AssertionError("created");
		}

		@ExactlyOnceEffect(flow = "lazy", key = "#p0")
		private void handle(String id) {
		}

	}

	@Scope("prototype")
	static class PrototypeBroken {

		@ExactlyOnceEffect(flow = "prototype", key = "#p0")
		private void handle(String id) {
		}

	}

	@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class Scoped {

		@ExactlyOnceEffect(flow = "scoped", key = "#p0")
		public void handle(String id) {
		}

	}

	static class Twins {

		@ExactlyOnceEffect(flow = "twins", key = "#p0")
		public void first(String id) {
		}

		@ExactlyOnceEffect(flow = "twins", key = "#p0")
		public void second(String id) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoBeans {

		@Bean
		Handler one() {
			return new Handler();
		}

		@Bean
		Handler two() {
			return new Handler();
		}

	}

	static class Catalogued {

		@Scheduled(fixedRate = 1000)
		@ExactlyOnceEffect(flow = "report", key = "{#now.year, #now.dayOfYear}")
		public void report() {
		}

		@ExactlyOnceEffect(flow = "computing", key = "#p0")
		public String compute(String id) {
			return id;
		}

		@KafkaListener(topics = "orders")
		@ExactlyOnceEffect(flow = "listening")
		public void listen(String id) {
		}

	}

}
