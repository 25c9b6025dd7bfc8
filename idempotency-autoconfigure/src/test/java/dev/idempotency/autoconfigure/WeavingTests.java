// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

import dev.idempotency.effect.ExactlyOnceEffect;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;

import org.springframework.aop.aspectj.annotation.AnnotationAwareAspectJAutoProxyCreator;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.InfrastructureAdvisorAutoProxyCreator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One advice per effect, whatever else makes proxies in the application.
 */
class WeavingTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("spring.datasource.generate-unique-name=true", "idempotency.outbox.relay.enabled=false")
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, IdempotencyAutoConfiguration.class,
				JdbcStoreAutoConfiguration.class, JsonAutoConfiguration.class, OutboxAutoConfiguration.class));

	@Test
	void withoutAspectjEffectsAreAdvisedOnce() {
		this.runner.withUserConfiguration(Orders.class)
			.withClassLoader(new FilteredClassLoader("org.aspectj"))
			.run((context) -> {
				assertThat(creator(context)).isInstanceOf(InfrastructureAdvisorAutoProxyCreator.class);
				assertOnceAndAdvisedOnce(context, context.getBean(Orders.class));
			});
	}

	@Test
	void besideAspectsEffectsAreAdvisedOnceAndAspectsSeeTheirTransaction() {
		this.runner.withUserConfiguration(Orders.class, Watching.class).run((context) -> {
			assertThat(creator(context)).isInstanceOf(AnnotationAwareAspectJAutoProxyCreator.class);
			assertOnceAndAdvisedOnce(context, context.getBean(Orders.class));
			assertThat(context.getBean(Watching.class).calls).isEqualTo(1);
		});
	}

	/**
	 * As DevTools do it: the library stays, the classes of the application are loaded
	 * anew.
	 */
	@Test
	void afterARestartWithOtherClassesEffectsAreAdvisedOnce() throws Exception {
		for (int start = 0; start < 3; start++) {
			ClassLoader restarted = new RestartedClasses(getClass().getClassLoader());
			Class<?> orders = restarted.loadClass(Orders.class.getName());
			assertThat(orders).isNotSameAs(Orders.class);
			this.runner.withClassLoader(restarted).withUserConfiguration(orders).run((context) -> {
				assertThat(context).hasNotFailed();
				Ordering ordering = (Ordering) context.getBean(orders);
				assertOnceAndAdvisedOnce(context, ordering);
			});
		}
	}

	private static Object creator(ApplicationContext context) {
		return context.getBean(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME);
	}

	private static void assertOnceAndAdvisedOnce(ApplicationContext context, Ordering orders) throws Exception {
		List<String> advices = Arrays.stream(((Advised) orders).getAdvisors())
			.map((advisor) -> advisor.getAdvice().getClass().getSimpleName())
			.toList();
		assertThat(advices).containsOnlyOnce("EffectInterceptor");
		assertThat(((Advised) orders).getTargetSource().getTarget()).isNotInstanceOf(Advised.class);
		assertThat(orders.place("42")).isEqualTo(orders.place("42"));
		assertThat(context.getBean(JdbcTemplate.class).queryForObject("select count(*) from placed", Integer.class))
			.isEqualTo(1);
	}

	/**
	 * Known to both class loaders.
	 */
	public interface Ordering {

		String place(String id);

	}

	public static class Orders implements Ordering {

		private final JdbcTemplate jdbc;

		public Orders(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
			jdbc.execute("create table placed (id varchar(100))");
		}

		@Override
		@ExactlyOnceEffect(flow = "placing", key = "#id")
		public String place(String id) {
			this.jdbc.update("insert into placed values (?)", id);
			return id + " placed " + System.nanoTime();
		}

	}

	@Aspect
	public static class Watching {

		private int calls;

		@Around("execution(* dev.idempotency.autoconfigure.WeavingTests.Orders.place(..))")
		public Object watch(ProceedingJoinPoint call) throws Throwable {
			assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isTrue();
			this.calls++;
			return call.proceed();
		}

	}

	/**
	 * Loads the application's classes itself, and all others where they are.
	 */
	private static final class RestartedClasses extends ClassLoader {

		private RestartedClasses(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith(WeavingTests.class.getName()) || name.equals(Ordering.class.getName())) {
				return super.loadClass(name, resolve);
			}
			Class<?> known = findLoadedClass(name);
			return (known != null) ? known : define(name);
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream stream = getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] bytes = stream.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
