// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.reflect.Method;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.flow.DeliverySemantics;
import dev.idempotency.flow.Semantics;
import org.junit.jupiter.api.Test;

import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AnnotatedListenerFlowsTests {

	@Test
	void effectAnnotationMeansEffectivelyOnce() {
		assertThat(flow(Listeners.class, "effect")).isEqualTo(new ListenerFlow("a", true, false,
				Semantics.EFFECTIVELY_ONCE, "", "", Listeners.class.getName() + ".effect(String)"));
		assertThat(flow(Listeners.class, "keyed").keyed()).isTrue();
	}

	@Test
	void declaredSemanticsAreTaken() {
		assertThat(flow(Listeners.class, "declared")).isEqualTo(new ListenerFlow("listener-id", false, false,
				Semantics.AT_MOST_ONCE, "ops", "telemetry", Listeners.class.getName() + ".declared(String)"));
		assertThat(flow(Listeners.class, "named").name()).isEqualTo("own name");
	}

	@Test
	void undeclaredListenerHasNoSemanticsAndTheNameOfItsId() {
		ListenerFlow flow = flow(Listeners.class, "undeclared");
		assertThat(flow.name()).isEqualTo("listener-id");
		assertThat(flow.semantics()).isNull();
	}

	@Test
	void asyncIsSeenOnTheMethodAndOnTheClass() {
		assertThat(flow(Listeners.class, "async").async()).isTrue();
		assertThat(flow(Listeners.class, "asyncEffect").async()).isTrue();
		assertThat(flow(AsyncListeners.class, "declared").async()).isTrue();
		assertThat(flow(Listeners.class, "declared").async()).isFalse();
	}

	@Test
	void effectAnnotationTakesOwnerAndRationaleFromAgreeingSemantics() {
		ListenerFlow flow = flow(Listeners.class, "both");
		assertThat(flow.name()).isEqualTo("c");
		assertThat(flow.owner()).isEqualTo("billing");
		assertThat(flow.rationale()).isEqualTo("money");
	}

	@Test
	void annotationsOfAnInterfaceCountThroughItsBridge() {
		assertThat(flow(Implementation.class, "handle").name()).isEqualTo("interface flow");
		assertThat(flow(Implementation.class, "declare").semantics()).isEqualTo(Semantics.AT_LEAST_ONCE);
	}

	@Test
	void contradictoryAnnotationsAreRefused() {
		assertThatExceptionOfType(ContradictionException.class).isThrownBy(() -> flow(Listeners.class, "contradictory"))
			.withMessageContaining("Listeners.contradictory(String): found @DeliverySemantics(AT_MOST_ONCE) beside "
					+ "@ExactlyOnceEffect, needed EFFECTIVELY_ONCE or none. Remove one of the two annotations");
		assertThatExceptionOfType(ContradictionException.class).isThrownBy(() -> flow(Listeners.class, "twoNames"))
			.withMessageContaining("found @DeliverySemantics(flow = \"y\")")
			.withMessageContaining("needed flow \"x\" or none");
	}

	private static ListenerFlow flow(Class<?> type, String name) {
		Method method = ReflectionUtils.findMethod(type, name, String.class);
		return new AnnotatedListenerFlows(new EffectMethods()).of(type, method, "listener-id");
	}

	static class Listeners {

		@ExactlyOnceEffect(flow = "a")
		public void effect(String message) {
		}

		@ExactlyOnceEffect(flow = "b", key = "#message")
		public void keyed(String message) {
		}

		@DeliverySemantics(value = Semantics.AT_MOST_ONCE, rationale = "telemetry", owner = "ops")
		public void declared(String message) {
		}

		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "counts", flow = "own name")
		public void named(String message) {
		}

		public void undeclared(String message) {
		}

		@Async
		public void async(String message) {
		}

		@Async
		@ExactlyOnceEffect(flow = "async")
		public void asyncEffect(String message) {
		}

		@ExactlyOnceEffect(flow = "c")
		@DeliverySemantics(value = Semantics.EFFECTIVELY_ONCE, rationale = "money", owner = "billing")
		public void both(String message) {
		}

		@ExactlyOnceEffect(flow = "d")
		@DeliverySemantics(value = Semantics.AT_MOST_ONCE, rationale = "no")
		public void contradictory(String message) {
		}

		@ExactlyOnceEffect(flow = "x")
		@DeliverySemantics(value = Semantics.EFFECTIVELY_ONCE, rationale = "no", flow = "y")
		public void twoNames(String message) {
		}

	}

	@Async
	static class AsyncListeners extends Listeners {

	}

	interface Contract<T> {

		@ExactlyOnceEffect(flow = "interface flow")
		void handle(T message);

		@DeliverySemantics(value = Semantics.AT_LEAST_ONCE, rationale = "counts")
		void declare(T message);

	}

	static class Implementation implements Contract<String> {

		@Override
		public void handle(String message) {
		}

		@Override
		public void declare(String message) {
		}

	}

}
