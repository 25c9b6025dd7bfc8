// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.amqp;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import dev.idempotency.amqp.ExchangeTypes;
import dev.idempotency.amqp.NumberedQueues;
import dev.idempotency.amqp.RabbitDeliveryAdvice;
import dev.idempotency.amqp.RabbitFactoryPostProcessor;
import dev.idempotency.amqp.RabbitFailures;
import dev.idempotency.amqp.RabbitListenerSettings;
import dev.idempotency.amqp.RabbitListenerVerifier;
import dev.idempotency.amqp.RabbitListeners;
import dev.idempotency.amqp.RabbitPayloadEncoder;
import dev.idempotency.amqp.RabbitTransport;
import dev.idempotency.autoconfigure.BackgroundLoop;
import dev.idempotency.autoconfigure.EncoderOfAdapter;
import dev.idempotency.autoconfigure.FaultOfAdapter;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyProperties;
import dev.idempotency.autoconfigure.InboxDatabase;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxProperties;
import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.delivery.StoreWatch;
import dev.idempotency.delivery.Trail;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.inbox.SharedStreams;
import dev.idempotency.jdbc.JdbcParkingLot;
import dev.idempotency.jdbc.JdbcTrail;
import dev.idempotency.jdbc.PositionInbox;

import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Role;

/**
 * Auto-configuration for RabbitMQ: the outbox's transport, and listeners that acknowledge
 * behind their effects.
 */
@AutoConfiguration(after = IdempotencyAutoConfiguration.class, before = OutboxAutoConfiguration.class,
		afterName = { "org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration",
				"org.springframework.boot.rabbitmq.autoconfigure.RabbitAutoConfiguration" })
@ConditionalOnClass(RabbitTemplate.class)
@EnableConfigurationProperties({ RabbitIdempotencyProperties.class, OutboxProperties.class })
public final class RabbitIdempotencyAutoConfiguration {

	private static final Duration SILENCE = Duration.ofSeconds(15);

	private static final Duration LOOK_EVERY = Duration.ofSeconds(3);

	RabbitIdempotencyAutoConfiguration() {
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RabbitFactoryPostProcessor idempotencyRabbitFactories(ObjectProvider<RabbitDeliveryAdvice> advice,
			ObjectProvider<RabbitListenerSettings> settings) {
		return new RabbitFactoryPostProcessor(advice::getObject, settings::getObject);
	}

	@Bean
	@ConditionalOnMissingBean
	RabbitListenerSettings rabbitListenerSettings(RabbitIdempotencyProperties properties) {
		return properties.settings();
	}

	@Bean
	FaultOfAdapter rabbitFaults() {
		return RabbitFailures::classify;
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnSingleCandidate(ConnectionFactory.class)
	RabbitTransport rabbitTransport(ConnectionFactory connections, OutboxProperties properties,
			ObjectProvider<Exchange> exchanges, ObjectProvider<Declarables> groups) {
		return new RabbitTransport(connections, properties.relay().confirmTimeout(),
				() -> ExchangeTypes.of(declared(exchanges, groups, Exchange.class)));
	}

	/**
	 * Like Spring Boot's template: with several converters none is chosen.
	 */
	@Bean
	EncoderOfAdapter rabbitPayloadEncoder(ObjectProvider<MessageConverter> converters) {
		MessageConverter converter = converters.getIfUnique();
		return new EncoderOfAdapter(RabbitTransport.NAME,
				(converter != null) ? new RabbitPayloadEncoder(converter) : null);
	}

	@Bean
	RabbitListeners rabbitListeners(ObjectProvider<RabbitListenerEndpointRegistry> registry,
			ObjectProvider<MessageListenerContainer> beans, ListenerFlows flows, FlowPolicies policies,
			NumberedQueues numbers) {
		return new RabbitListeners(() -> {
			Set<MessageListenerContainer> containers = new LinkedHashSet<>(beans.stream().toList());
			registry.ifAvailable((endpoints) -> containers.addAll(endpoints.getListenerContainers()));
			return containers;
		}, flows, policies, numbers);
	}

	/**
	 * Numbers are for an inbox and a parking lot that both know of them.
	 */
	@Bean
	NumberedQueues rabbitNumberedQueues(ObjectProvider<SharedStreams> streams, ObjectProvider<PositionInbox> inbox,
			ObjectProvider<JdbcParkingLot> parkingLot, ObjectProvider<Binding> bindings,
			ObjectProvider<Exchange> exchanges, ObjectProvider<Declarables> groups) {
		boolean known = inbox.getIfAvailable() != null && parkingLot.getIfAvailable() != null;
		return new NumberedQueues(known ? streams.getIfUnique() : null, () -> declared(bindings, groups, Binding.class),
				() -> ExchangeTypes.of(declared(exchanges, groups, Exchange.class)));
	}

	@Bean
	RabbitDeliveryAdvice rabbitDeliveryAdvice(RabbitListeners listeners, DeliveryFailures failures,
			ObjectProvider<EffectListener> effects, RabbitListenerSettings settings, ObjectProvider<Trail> trail) {
		return new RabbitDeliveryAdvice(listeners, failures, EffectListener.all(effects.orderedStream().toList()),
				settings, trail.getIfAvailable(() -> Trail.NONE), Clock.systemUTC());
	}

	@Bean
	@ConditionalOnMissingBean(Trail.class)
	@ConditionalOnBooleanProperty(name = "idempotency.rabbit.listener.trail", matchIfMissing = true)
	@DependsOn("idempotencySchemaInitializer")
	JdbcTrail rabbitTrail(InboxDatabase database, StoreWatch store, ObjectProvider<EffectListener> effects) {
		return new JdbcTrail(database.dataSource(), database.dialect(), UUID.randomUUID().toString(), SILENCE, store,
				EffectListener.all(effects.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnBean(JdbcTrail.class)
	BackgroundLoop rabbitTrailWatch(JdbcTrail trail) {
		return new BackgroundLoop("trail", trail::look, LOOK_EVERY);
	}

	@Bean
	RabbitListenerVerifier rabbitListenerVerifier(RabbitListeners listeners, RabbitDeliveryAdvice advice,
			FlowCatalogue catalogue, IdempotencyProperties properties, ObjectProvider<Queue> queues,
			ObjectProvider<Declarables> groups) {
		return new RabbitListenerVerifier(listeners, advice, catalogue, properties.listeners().verification(),
				() -> declared(queues, groups, Queue.class));
	}

	private static <T extends Declarable> List<T> declared(ObjectProvider<T> beans, ObjectProvider<Declarables> groups,
			Class<T> type) {
		return Stream
			.concat(beans.stream(), groups.stream().flatMap((group) -> group.getDeclarablesByType(type).stream()))
			.toList();
	}

	@Bean
	FlowSwitch rabbitFlowSwitch(RabbitListenerVerifier verifier) {
		return verifier.flowSwitch();
	}

}
