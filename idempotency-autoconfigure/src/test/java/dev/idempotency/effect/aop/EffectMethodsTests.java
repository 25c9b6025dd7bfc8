// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Proxy;
import java.util.List;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectKey;
import dev.idempotency.effect.ExactlyOnceEffect;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wherever the annotation is, the method is advised, by a class proxy and by an interface
 * proxy.
 */
class EffectMethodsTests {

	@Test
	void annotationOnAnInterfaceIsFound() {
		assertAppliedOnce(ByInterface.class, (context) -> context.getBean(Handler.class).handle("42"));
	}

	@Test
	void annotationOnAnOverriddenMethodIsFound() {
		assertAppliedOnce(Overriding.class, (context) -> context.getBean(Base.class).handle("42"));
	}

	@Test
	void annotationOnAnInterfaceThatTheDeclaringClassDoesNotKnowIsFound() {
		assertAppliedOnce(Inheriting.class, (context) -> context.getBean(Handler.class).handle("42"));
	}

	@Test
	void annotationOnAGenericInterfaceIsFoundThroughTheBridge() {
		assertAppliedOnce(Generic.class, (context) -> genericHandler(context).handle("42"));
	}

	@Test
	void annotationBehindABridgeIsFound() {
		assertAppliedOnce(Bridged.class, (context) -> genericHandler(context).handle("42"));
	}

	@Test
	void composedAnnotationBringsItsAttributes() {
		assertAppliedOnce(Composed.class, (context) -> context.getBean(Composed.class).handle("42"));
	}

	@Test
	void packagePrivateMethodOfAClassProxyIsAdvised() {
		assertAppliedOnce(PackagePrivate.class, (context) -> context.getBean(PackagePrivate.class).handle("42"));
	}

	@Test
	void lambdaOfAnAnnotatedInterfaceIsAdvised() {
		assertAppliedOnce(Lambda.class, (context) -> context.getBean(Handler.class).handle("42"));
	}

	@Test
	void interfaceProxyIsAdvised() {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(InterfaceProxies.class)) {
			Handler handler = context.getBean("jdkProxied", Handler.class);
			assertThat(AopUtils.isJdkDynamicProxy(handler)).isTrue();
			handler.handle("42");
			assertThat(context.getBean(Events.class).of(EffectEvent.Completed.class)).hasSize(1);
		}
	}

	@Test
	void parentAndChildContextAdviseOnce() {
		try (AnnotationConfigApplicationContext parent = EffectApplication.start();
				AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
			child.setParent(parent);
			child.register(EffectApplication.class, MemoryStore.class, ByInterface.class);
			child.refresh();
			child.getBean(Handler.class).handle("42");
			assertThat(child.getBean(Events.class).of(EffectEvent.Claimed.class)).hasSize(1);
			assertThat(parent.getBean(Events.class).all()).isEmpty();
		}
	}

	@Test
	void classWithoutAnnotationsHasNoMethods() {
		assertThat(new EffectMethods().of(Ledger.class)).isEmpty();
	}

	@SuppressWarnings("unchecked")
	private static GenericHandler<String> genericHandler(AnnotationConfigApplicationContext context) {
		return context.getBean(GenericHandler.class);
	}

	private static void assertAppliedOnce(Class<?> component, Call call) {
		try (AnnotationConfigApplicationContext context = EffectApplication.start(component)) {
			call.on(context);
			call.on(context);
			Events events = context.getBean(Events.class);
			assertThat(events.of(EffectEvent.Completed.class)).extracting(EffectEvent.Completed::key)
				.isEqualTo(List.of(new EffectKey("handling", "handling", "42")));
			assertThat(events.of(EffectEvent.Duplicate.class)).hasSize(1);
		}
	}

	@FunctionalInterface
	interface Call {

		void on(AnnotationConfigApplicationContext context);

	}

	@FunctionalInterface
	interface Handler {

		@ExactlyOnceEffect(flow = "handling", key = "#id")
		void handle(String id);

	}

	interface GenericHandler<T> {

		@ExactlyOnceEffect(flow = "handling", key = "#message")
		void handle(T message);

	}

	interface PlainHandler<T> {

		void handle(T message);

	}

	static class ByInterface implements Handler {

		@Override
		public void handle(String renamed) {
		}

	}

	abstract static class Base {

		@ExactlyOnceEffect(flow = "handling", key = "#p0")
		public abstract void handle(String id);

	}

	static class Overriding extends Base {

		@Override
		public void handle(String id) {
		}

	}

	static class Unaware {

		public void handle(String id) {
		}

	}

	static class Inheriting extends Unaware implements Handler {

	}

	static class Generic implements GenericHandler<String> {

		@Override
		public void handle(String text) {
		}

	}

	static class Bridged implements GenericHandler<String>, PlainHandler<String> {

		@Override
		@ExactlyOnceEffect(flow = "handling", key = "#text")
		public void handle(String text) {
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@ExactlyOnceEffect(flow = "handling")
	@interface Handling {

		@AliasFor(annotation = ExactlyOnceEffect.class, attribute = "key")
		String by();

	}

	static class Composed {

		@Handling(by = "#id")
		public void handle(String id) {
		}

	}

	static class PackagePrivate {

		@ExactlyOnceEffect(flow = "handling", key = "#id")
		void handle(String id) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Lambda {

		@Bean
		Handler handler() {
			return (id) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxies {

		@Bean
		Handler jdkProxied() {
			return (Handler) Proxy.newProxyInstance(Handler.class.getClassLoader(), new Class<?>[] { Handler.class },
					(proxy, method, arguments) -> switch (method.getName()) {
						case "hashCode" -> System.identityHashCode(proxy);
						case "equals" -> proxy == arguments[0];
						case "toString" -> "handler";
						default -> null;
					});
		}

	}

}
