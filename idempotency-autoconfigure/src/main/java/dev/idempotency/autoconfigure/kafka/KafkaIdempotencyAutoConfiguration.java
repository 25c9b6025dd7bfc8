// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

import dev.idempotency.autoconfigure.EncoderOfAdapter;
import dev.idempotency.autoconfigure.FaultOfAdapter;
import dev.idempotency.autoconfigure.GeneralEncoder;
import dev.idempotency.autoconfigure.IdempotencyAutoConfiguration;
import dev.idempotency.autoconfigure.IdempotencyProperties;
import dev.idempotency.autoconfigure.JsonAutoConfiguration;
import dev.idempotency.autoconfigure.OutboxAutoConfiguration;
import dev.idempotency.delivery.FlowSwitch;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.delivery.ListenerFlows;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowCatalogue;
import dev.idempotency.flow.FlowPolicies;
import dev.idempotency.inbox.InboxView;
import dev.idempotency.inbox.StreamKeeper;
import dev.idempotency.jdbc.JdbcParkingLot;
import dev.idempotency.jdbc.PositionInbox;
import dev.idempotency.kafka.ApplicationSerializers;
import dev.idempotency.kafka.InboxModes;
import dev.idempotency.kafka.KafkaDeliveries;
import dev.idempotency.kafka.KafkaFailures;
import dev.idempotency.kafka.KafkaListenerFactoryPostProcessor;
import dev.idempotency.kafka.KafkaListenerHandling;
import dev.idempotency.kafka.KafkaListenerVerifier;
import dev.idempotency.kafka.KafkaTransport;
import dev.idempotency.kafka.TopicIds;
import dev.idempotency.kafka.TopicRetentionCheck;
import dev.idempotency.outbox.PayloadEncoder;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Auto-configuration for Kafka: the outbox's transport, and listeners whose offsets stay
 * behind their effects.
 */
@AutoConfiguration(after = { IdempotencyAutoConfiguration.class, JsonAutoConfiguration.class },
		before = OutboxAutoConfiguration.class,
		afterName = "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration")
@ConditionalOnClass(KafkaTemplate.class)
public final class KafkaIdempotencyAutoConfiguration {

	private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(5);

	KafkaIdempotencyAutoConfiguration() {
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static KafkaListenerFactoryPostProcessor idempotencyKafkaListenerFactories(
			ObjectProvider<KafkaDeliveries> deliveries) {
		return new KafkaListenerFactoryPostProcessor(deliveries::getObject);
	}

	@Bean
	KafkaDeliveries kafkaDeliveries(PayloadEncoder encoder, GeneralEncoder general,
			ObjectProvider<ApplicationSerializers> serializers) {
		return new KafkaDeliveries(encoder, general.encoder(),
				serializers.getIfAvailable(ApplicationSerializers::none));
	}

	@Bean
	@ConditionalOnSingleCandidate(ProducerFactory.class)
	ApplicationSerializers kafkaApplicationSerializers(ProducerFactory<?, ?> producers) {
		return ApplicationSerializers.of(producers);
	}

	@Bean
	@ConditionalOnBean(ApplicationSerializers.class)
	EncoderOfAdapter kafkaPayloadEncoder(ApplicationSerializers serializers) {
		return new EncoderOfAdapter(KafkaTransport.NAME, serializers.payloadEncoder());
	}

	@Bean
	FaultOfAdapter kafkaFaults() {
		return KafkaFailures::classify;
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnSingleCandidate(ProducerFactory.class)
	KafkaTransport kafkaTransport(ProducerFactory<?, ?> producers) {
		return new KafkaTransport(producers.getConfigurationProperties());
	}

	@Bean
	KafkaListenerHandling kafkaListenerHandling(KafkaDeliveries deliveries, EffectGroups groups,
			DeliveryFailures failures, ObjectProvider<EffectListener> listeners,
			ObjectProvider<ObservationRegistry> observations, ObjectProvider<InboxView> inbox) {
		return new KafkaListenerHandling(deliveries, groups, failures,
				EffectListener.all(listeners.orderedStream().toList()),
				() -> observations.getIfUnique(() -> ObservationRegistry.NOOP), (key) -> inbox.getObject().find(key),
				Clock.systemUTC());
	}

	/**
	 * Places are for an inbox and a parking lot that both know of them.
	 */
	@Bean
	InboxModes kafkaInboxModes(ObjectProvider<StreamKeeper> keeper, ObjectProvider<PositionInbox> inbox,
			ObjectProvider<JdbcParkingLot> parkingLot, ObjectProvider<TopicIds> topics) {
		boolean known = inbox.getIfAvailable() != null && parkingLot.getIfAvailable() != null;
		return new InboxModes(known ? keeper.getIfUnique() : null, topics.getIfUnique());
	}

	@Bean
	@ConditionalOnSingleCandidate(KafkaAdmin.class)
	TopicIds kafkaTopicIds(KafkaAdmin admin) {
		return new TopicIds(Map.copyOf(admin.getConfigurationProperties()), ADMIN_TIMEOUT);
	}

	/**
	 * The registry is not a dependency: dependencies are started before their dependants,
	 * whatever the phases say, and the verifier has to come before every container.
	 */
	@Bean
	@ConditionalOnBean(KafkaListenerEndpointRegistry.class)
	KafkaListenerVerifier kafkaListenerVerifier(ObjectProvider<KafkaListenerEndpointRegistry> registry,
			ListenerFlows flows, FlowPolicies policies, KafkaListenerHandling handling, FlowCatalogue catalogue,
			IdempotencyProperties properties, ObjectProvider<KafkaAdmin> admin, InboxModes modes) {
		return new KafkaListenerVerifier(() -> containers(registry.getObject()), flows, policies, handling, catalogue,
				properties.listeners().verification(), retention(admin.getIfUnique()), "the inbox's database", modes);
	}

	@Bean
	@ConditionalOnBean(KafkaListenerVerifier.class)
	FlowSwitch kafkaFlowSwitch(KafkaListenerVerifier verifier) {
		return verifier.flowSwitch();
	}

	private static Collection<MessageListenerContainer> containers(KafkaListenerEndpointRegistry registry) {
		return registry.getAllListenerContainers();
	}

	private static @Nullable TopicRetentionCheck retention(@Nullable KafkaAdmin admin) {
		return (admin != null) ? new TopicRetentionCheck(Map.copyOf(admin.getConfigurationProperties()), ADMIN_TIMEOUT)
				: null;
	}

}
