// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.effect.ExactlyOnceEffect;
import dev.idempotency.effect.aop.elsewhere.HidesItsMethod;
import dev.idempotency.flow.Contradiction;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class AdvisableRuleTests {

	@Test
	void privateStaticAndFinalMethodsAreRefusedTogether() {
		assertThat(Violations.of(Unadvisable.class)).extracting(Contradiction::found)
			.containsExactlyInAnyOrder("a private method", "a static method", "a final method");
		assertThat(Violations.of(Unadvisable.class)).allSatisfy((contradiction) -> {
			assertThat(contradiction.where()).startsWith("Bean '")
				.contains("Unadvisable', method " + Unadvisable.class.getName() + ".");
			assertThat(contradiction.needed()).isEqualTo("a method that a proxy can advise");
			assertThat(contradiction.fix()).contains("public method", "EffectTemplate");
		});
	}

	@Test
	void finalClassIsRefusedBeforeItsProxyFails() {
		assertThat(Violations.of(Final.class)).extracting(Contradiction::found).containsExactly("a final class");
	}

	@Test
	void recordIsRefused() {
		assertThat(Violations.of(RecordBean.class)).extracting(Contradiction::found).containsExactly("a record");
	}

	@Test
	void sealedClassIsRefused() {
		assertThat(Violations.of(Sealed.class)).extracting(Contradiction::found).containsExactly("a sealed class");
	}

	@Test
	void packagePrivateMethodInheritedFromAnotherPackageIsRefused() {
		assertThat(Violations.of(FromElsewhere.class)).extracting(Contradiction::found)
			.containsExactly("a package-private method inherited from another package");
	}

	@Test
	void methodsThatTheContainerCallsAreRefused() {
		assertThat(Violations.of(Lifecycle.class)).extracting(Contradiction::found)
			.containsExactlyInAnyOrder("@PostConstruct, which the container calls on the bean behind the proxy",
					"@PreDestroy, which the container calls on the bean behind the proxy",
					"InitializingBean.afterPropertiesSet, which the container calls on the bean behind the proxy",
					"DisposableBean.destroy, which the container calls on the bean behind the proxy");
	}

	@Test
	void beanMethodIsRefused() {
		assertThat(Violations.of(Factory.class)).extracting(Contradiction::found)
			.containsExactly("@Bean, which the container calls on the bean behind the proxy");
	}

	static class Unadvisable {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		private void hidden(String id) {
		}

		@ExactlyOnceEffect(flow = "b", key = "#p0")
		public static void shared(String id) {
		}

		@ExactlyOnceEffect(flow = "c", key = "#p0")
		public final void closed(String id) {
		}

	}

	static final class Final {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	record RecordBean() {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	static sealed class Sealed permits OnlyChild {

		@ExactlyOnceEffect(flow = "a", key = "#p0")
		public void handle(String id) {
		}

	}

	static final class OnlyChild extends Sealed {

	}

	static class FromElsewhere extends HidesItsMethod {

	}

	static class Lifecycle implements InitializingBean, DisposableBean {

		@PostConstruct
		@ExactlyOnceEffect(flow = "a", key = "'a'")
		public void begin() {
		}

		@PreDestroy
		@ExactlyOnceEffect(flow = "b", key = "'b'")
		public void end() {
		}

		@Override
		@ExactlyOnceEffect(flow = "c", key = "'c'")
		public void afterPropertiesSet() {
		}

		@Override
		@ExactlyOnceEffect(flow = "d", key = "'d'")
		public void destroy() {
		}

	}

	@Configuration
	static class Factory {

		@Bean
		@ExactlyOnceEffect(flow = "a", key = "'a'")
		Object thing() {
			return "thing";
		}

	}

}
