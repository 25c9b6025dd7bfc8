// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.delivery.CallSwitch;
import dev.idempotency.delivery.DeadLetters;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureClassifier;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.delivery.ParkingLot;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.effect.EffectObservation;
import dev.idempotency.effect.EffectTemplate;
import dev.idempotency.effect.Fingerprinter;
import dev.idempotency.effect.aop.EffectInfrastructure;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.inbox.CachingInbox;
import dev.idempotency.inbox.InDoubtDepths;
import dev.idempotency.inbox.Inbox;
import dev.idempotency.inbox.LocalEffects;
import dev.idempotency.jdbc.StoreProbe;
import dev.idempotency.outbox.Outbox;
import dev.idempotency.sli.EffectSlis;

import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration for effects that happen once.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
		"org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
		"org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
		"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration" })
@EnableConfigurationProperties({ IdempotencyProperties.class, SigningProperties.class })
public final class IdempotencyAutoConfiguration {

	private static final Duration LOOK_EVERY = Duration.ofMillis(100);

	IdempotencyAutoConfiguration() {
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static EffectInfrastructure effectInfrastructure(ConfigurableListableBeanFactory beans,
			ObjectProvider<InboxDatabase> database, ObjectProvider<LocalEffects> effects,
			ObjectProvider<FlowPolicies> policies, ObjectProvider<Fingerprinter> fingerprinter,
			ObjectProvider<EffectListener> listeners, ObjectProvider<FlowCatalogue> catalogue,
			ObjectProvider<CallSwitch> calls) {
		return new EffectInfrastructure(beans, () -> database.getObject().dataSource(), once(effects), once(policies),
				once(fingerprinter), () -> EffectListeners.of(listeners), once(catalogue), once(calls),
				Clock.systemUTC());
	}

	/**
	 * To look a bean up takes microseconds, and every effect asks.
	 */
	private static <T> Supplier<T> once(ObjectProvider<T> bean) {
		return SingletonSupplier.of(bean::getObject)::obtain;
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Advisor exactlyOnceEffectAdvisor(EffectInfrastructure infrastructure) {
		return infrastructure.advisor();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BeanPostProcessor exactlyOnceEffectValidator(EffectInfrastructure infrastructure) {
		return infrastructure.validator();
	}

	@Bean
	@ConditionalOnMissingBean
	EffectTemplate effectTemplate(EffectInfrastructure infrastructure) {
		return infrastructure.template();
	}

	@Bean
	ListenerFlows listenerFlows(EffectInfrastructure infrastructure) {
		return infrastructure.listenerFlows();
	}

	@Bean
	EffectGroups effectGroups(EffectInfrastructure infrastructure) {
		return infrastructure.groups();
	}

	@Bean
	FlowCatalogue flowCatalogue() {
		return new FlowCatalogue();
	}

	@Bean
	CallSwitch callSwitch(FlowCatalogue catalogue, FlowPolicies policies) {
		return new CallSwitch(catalogue, policies);
	}

	@Bean
	FlowPolicies flowPolicies(IdempotencyProperties properties, SigningProperties signing) {
		return new PropertyFlowPolicies(properties, signing.signingKeys());
	}

	@Bean
	EffectSlis effectSlis(ObjectProvider<InDoubtDepths> inDoubt) {
		return new EffectSlis(() -> inDoubt.stream().findFirst().map(InDoubtDepths::last).orElse(Map.of()));
	}

	@Bean
	InboxDatabase inboxDatabase(ObjectProvider<DataSource> dataSources,
			@IdempotencyDataSource ObjectProvider<DataSource> marked) {
		return InboxDatabase.find(dataSources, marked);
	}

	@Bean
	LocalEffects localEffects(Inbox inbox, ObjectProvider<EffectListener> listeners,
			ObjectProvider<EffectObservation> observation, StoreWatch store, IdempotencyProperties properties) {
		int remembered = properties.inbox().cacheSize();
		return new LocalEffects((remembered > 0) ? new CachingInbox(inbox, remembered, Clock.systemUTC()) : inbox,
				EffectListeners.of(listeners),
				new StoreSuspicion(observation.getIfAvailable(() -> EffectObservation.NONE), store), Clock.systemUTC());
	}

	@Bean
	@ConditionalOnMissingBean
	FailureClassifier failureClassifier(ObjectProvider<FaultOfAdapter> adapters) {
		return new SpringFailureClassifier(adapters.orderedStream().toList());
	}

	@Bean
	DeliveryFailures deliveryFailures(FlowPolicies policies, FailureClassifier classifier, Attempts attempts,
			ParkingLot parkingLot, ObjectProvider<EffectTemplate> effects, ObjectProvider<Outbox> outbox,
			ObjectProvider<EffectListener> listeners, StoreWatch store) {
		DeadLetters deadLetters = new DeadLetters(policies, effects::getObject, outbox::getObject, parkingLot);
		return new DeliveryFailures(policies, classifier, attempts, deadLetters, EffectListeners.of(listeners),
				() -> ThreadLocalRandom.current().nextDouble(), store);
	}

	@Bean
	StoreWatch storeWatch(InboxDatabase database) {
		return new StoreWatch(new StoreProbe(database.dataSource()), Clock.systemUTC(),
				() -> ThreadLocalRandom.current().nextDouble());
	}

	@Bean
	BackgroundLoop idempotencyStoreWatch(StoreWatch store) {
		return new BackgroundLoop("store-watch", store::look, LOOK_EVERY);
	}

	@Bean
	UnknownProperties unknownIdempotencyProperties(ApplicationContext context) {
		return new UnknownProperties(context);
	}

	@Bean
	CatalogueReport flowCatalogueReport(FlowCatalogue catalogue, IdempotencyProperties properties) {
		return new CatalogueReport(catalogue, properties.listeners().undeclared(), properties.flows().keySet());
	}

}
