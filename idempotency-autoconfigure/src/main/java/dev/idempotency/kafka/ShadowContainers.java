// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Predicate;

import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.ShadowCall;
import dev.idempotency.effect.EffectCall;
import dev.idempotency.effect.EffectListener;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import dev.idempotency.inbox.InboxView;
import dev.idempotency.inbox.Shadow;
import dev.idempotency.kafka.ListenerMethods.ListenerMethod;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;

/**
 * Makes the containers of listeners in shadow mode. They are in a group of their own,
 * because what a member of the listener's group reads no other member gets: in that group
 * a shadow would acknowledge what nobody applies.
 */
final class ShadowContainers {

	private static final String SUFFIX = "-shadow";

	private final KafkaDeliveries deliveries;

	private final EffectGroups groups;

	private final Predicate<Throwable> infrastructure;

	private final EffectListener events;

	private final InboxView inbox;

	private final Clock clock;

	ShadowContainers(KafkaDeliveries deliveries, EffectGroups groups, Predicate<Throwable> infrastructure,
			EffectListener events, InboxView inbox, Clock clock) {
		this.deliveries = deliveries;
		this.groups = groups;
		this.infrastructure = infrastructure;
		this.events = events;
		this.inbox = inbox;
		this.clock = clock;
	}

	/**
	 * Why a listener cannot have a shadow.
	 * @param guarded whether all its methods carry the effect annotation
	 * @return a text for people, {@code null} if it can
	 */
	static @Nullable String objection(InspectedListener listener, boolean guarded) {
		if (listener.semantics() == null) {
			return "nobody declared its semantics";
		}
		if (listener.is(Semantics.EFFECTIVELY_ONCE) && !guarded) {
			return "a method without @ExactlyOnceEffect cannot be looked at without being called";
		}
		if (listener.container().getGroupId() == null || listener.properties().getTopicPartitions() != null) {
			return "it has no group, or partitions assigned by hand";
		}
		if (listener.isRetryTopic()) {
			return "it reads retry topics, where every record is a repetition";
		}
		return (listener.isBatch() || listener.messageListener() instanceof AcknowledgingConsumerAwareMessageListener)
				? null : "it is no listener method";
	}

	/**
	 * Makes a container that has not started.
	 */
	@SuppressWarnings("unchecked")
	<K, V> ConcurrentMessageListenerContainer<K, V> of(InspectedListener listener) {
		ShadowListener<K, V> shadow = new ShadowListener<>(listener.flow().name(), this.deliveries,
				identification(listener), new Shadow(listener.flow().effect() ? this.inbox : (key) -> null, this.clock),
				this.events, this.infrastructure);
		ContainerProperties properties = properties(listener);
		properties.setMessageListener(shadow);
		ConsumerFactory<K, V> consumers = (ConsumerFactory<K, V>) Objects
			.requireNonNull(ListenerMethods.consumerFactory(listener.container()));
		ConcurrentMessageListenerContainer<K, V> container = new ConcurrentMessageListenerContainer<>(consumers,
				properties);
		if (listener.container() instanceof ConcurrentMessageListenerContainer<?, ?> known) {
			container.setConcurrency(known.getConcurrency());
		}
		container.setBeanName(listener.id() + SUFFIX);
		container.setCommonErrorHandler(new ShadowErrorHandler(shadow));
		return container;
	}

	private static ContainerProperties properties(InspectedListener listener) {
		ContainerProperties before = listener.properties();
		ContainerProperties properties = (listener.topicPattern() != null)
				? new ContainerProperties(listener.topicPattern())
				: new ContainerProperties(listener.topics().toArray(String[]::new));
		properties.setGroupId(listener.container().getGroupId() + SUFFIX);
		if (!before.getClientId().isEmpty()) {
			properties.setClientId(before.getClientId() + SUFFIX);
		}
		Properties consumer = new Properties();
		consumer.putAll(before.getKafkaConsumerProperties());
		consumer.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
		consumer.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
		properties.setKafkaConsumerProperties(consumer);
		properties.setCheckDeserExWhenValueNull(true);
		properties.setCheckDeserExWhenKeyNull(true);
		return properties;
	}

	@SuppressWarnings("unchecked")
	private <K, V> ShadowListener.Identification<K, V> identification(InspectedListener listener) {
		String flow = listener.flow().name();
		FlowPolicy policy = listener.policy();
		if (!listener.flow().effect()) {
			FlowPolicy.Identity anywhere = new FlowPolicy.Identity(policy.identity().header(), true);
			return (record, delivery, consumer) -> new EffectCall(MessageIdentities.of(delivery, anywhere).key(flow),
					null, new EffectCall.Settings(policy.waitFor(), policy.retention()));
		}
		Object original = Objects.requireNonNull(listener.messageListener());
		if (original instanceof AcknowledgingConsumerAwareMessageListener<?, ?> one) {
			var single = (AcknowledgingConsumerAwareMessageListener<K, V>) one;
			return (record, delivery, consumer) -> ShadowCall.of(() -> single.onMessage(record, null, consumer));
		}
		ListenerMethod method = ListenerMethods.of(original).get(0);
		EffectGroup group = this.groups.of(method.type(), method.method());
		return (record, delivery, consumer) -> group.call(delivery);
	}

}
