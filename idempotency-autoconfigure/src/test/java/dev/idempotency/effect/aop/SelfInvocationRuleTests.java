// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.List;
import java.util.function.Consumer;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.Contradiction;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

class SelfInvocationRuleTests {

	@Test
	void callsOnThisAreRefusedByTheNameOfTheirCaller() {
		assertThat(Violations.of(Calling.class)).extracting(Contradiction::found)
			.containsExactlyInAnyOrder(call(Calling.class, "direct"), call(Calling.class, "inLambda"),
					call(Calling.class, "byReference"));
	}

	@Test
	void callFromASuperclassThroughATemplateMethodIsRefused() {
		assertThat(Violations.of(Child.class)).extracting(Contradiction::found)
			.containsExactly(call(Parent.class, "all"));
	}

	@Test
	void oneAnnotatedMethodCallingAnotherIsRefused() {
		assertThat(Violations.of(Chained.class)).singleElement().satisfies((contradiction) -> {
			assertThat(contradiction.where()).endsWith("Chained.second(String)");
			assertThat(contradiction.found()).isEqualTo(call(Chained.class, "first"));
			assertThat(contradiction.fix()).contains("inject the bean into itself", "EffectTemplate");
		});
	}

	@Test
	void otherReceiversOfTheSameTypeAreLeftAlone() {
		assertThat(Violations.of(SelfProxied.class)).isEmpty();
		assertThat(Violations.of(Delegating.class)).isEmpty();
	}

	@Test
	void overridingMethodMayCallItsSuperMethodAndItself() {
		assertThat(Violations.of(Overriding.class)).isEmpty();
	}

	private static String call(Class<?> type, String method) {
		return "a call from " + type.getName() + "." + method + "() on this, which passes the proxy by";
	}

	static class Calling {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

		public void direct(String id) {
			handle(id);
		}

		public void inLambda(List<String> ids) {
			ids.forEach((id) -> handle(id + "!"));
		}

		public Consumer<String> byReference() {
			return this::handle;
		}

	}

	abstract static class Parent<T> {

		public void all(List<T> items) {
			for (T item : items) {
				handle(item);
			}
		}

		protected abstract void handle(T item);

	}

	static class Child extends Parent<String> {

		@Override
		@ExactlyOnceEffect(flow = "a", key = "#item")
		protected void handle(String item) {
		}

	}

	static class Chained {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void first(String id) {
			second(id);
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public void second(String id) {
		}

	}

	static class SelfProxied {

		private final SelfProxied self;

		private final ObjectProvider<SelfProxied> provider;

		SelfProxied(@Lazy SelfProxied self, ObjectProvider<SelfProxied> provider) {
			this.self = self;
			this.provider = provider;
		}

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

		public void throughField(String id) {
			this.self.handle(id);
		}

		public void throughProvider(String id) {
			this.provider.getObject().handle(id);
		}

		public void throughParameter(String id, SelfProxied other) {
			other.handle(id);
		}

		public Consumer<String> reference() {
			return this.self::handle;
		}

	}

	interface Handler {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		void handle(String id);

	}

	static class Delegating implements Handler {

		private final List<Handler> others = List.of();

		@Override
		public void handle(String id) {
		}

		public void forward(String id) {
			this.others.forEach((other) -> other.handle(id));
		}

	}

	static class Base {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	static class Overriding extends Base {

		@Override
		public void handle(String id) {
			if (id.isEmpty()) {
				handle("none");
			}
			super.handle(id);
		}

	}

}
