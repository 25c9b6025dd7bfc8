// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;

import javax.sql.DataSource;

import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.delivery.CallSwitch;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.Fingerprint;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.testing.FaultyDataSource;
import dev.idempotency.testing.TestDatabase;

import org.springframework.aop.Advisor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * An application on H2 with nothing but effects in it.
 */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement(proxyTargetClass = true)
class EffectApplication {

	static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-04T05:06:07Z"), ZoneOffset.UTC);

	static AnnotationConfigApplicationContext start(Class<?>... components) {
		return start(new AnnotationConfigApplicationContext(), MemoryStore.class, components);
	}

	/**
	 * Starts on a database of the caller's, with the library's own inbox.
	 */
	static AnnotationConfigApplicationContext start(TestDatabase database, Class<?> store, Class<?>... components) {
		return start(database.dataSource(), store, components);
	}

	static AnnotationConfigApplicationContext start(DataSource database, Class<?> store, Class<?>... components) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(FaultyDataSource.class, () -> new FaultyDataSource(database));
		return start(context, store, components);
	}

	private static AnnotationConfigApplicationContext start(AnnotationConfigApplicationContext context, Class<?> store,
			Class<?>... components) {
		context.register(EffectApplication.class, store);
		Arrays.stream(components).forEach(context::register);
		context.refresh();
		return context;
	}

	static FlowPolicy policy() {
		return new FlowPolicy(null, "team", "why", Duration.ofDays(7), Duration.ofSeconds(1),
				new FlowPolicy.Identity("order-id", false),
				new FlowPolicy.Retry(3, Duration.ofMillis(1), Duration.ofMillis(2), null));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static EffectInfrastructure infrastructure(ConfigurableListableBeanFactory beans) {
		return new EffectInfrastructure(beans, () -> beans.getBeanProvider(DataSource.class).getObject(),
				() -> beans.getBean(LocalEffects.class), () -> beans.getBean(FlowPolicies.class),
				() -> beans.getBean(Fingerprinter.class), () -> beans.getBean(EffectListener.class),
				() -> beans.getBean(FlowCatalogue.class),
				() -> new CallSwitch(beans.getBean(FlowCatalogue.class), beans.getBean(FlowPolicies.class)), CLOCK);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Advisor effectAdvisor(EffectInfrastructure infrastructure) {
		return infrastructure.advisor();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BeanPostProcessor effectValidator(EffectInfrastructure infrastructure) {
		return infrastructure.validator();
	}

	@Bean
	EffectTemplate effectTemplate(EffectInfrastructure infrastructure) {
		return infrastructure.template();
	}

	@Bean
	ListenerFlows listenerFlows(EffectInfrastructure infrastructure) {
		return infrastructure.listenerFlows();
	}

	@Bean
	Events events() {
		return new Events();
	}

	@Bean
	FlowPolicies policies() {
		return (flow) -> policy();
	}

	@Bean
	FlowCatalogue catalogue() {
		return new FlowCatalogue();
	}

	@Bean
	Fingerprinter fingerprinter() {
		return (content) -> Fingerprint.of(String.valueOf(content).getBytes(StandardCharsets.UTF_8));
	}

	@Bean
	Ledger ledger(JdbcTemplate jdbc) {
		return new Ledger(jdbc);
	}

	@Bean
	JdbcTemplate jdbcTemplate(DataSource dataSource) {
		return new JdbcTemplate(dataSource);
	}

	@Bean
	LocalEffects localEffects(Inbox inbox, EffectListener listener) {
		return new LocalEffects(inbox, listener, EffectObservation.NONE, CLOCK);
	}

}
