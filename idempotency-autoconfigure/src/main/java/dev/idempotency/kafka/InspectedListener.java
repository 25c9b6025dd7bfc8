// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.idempotency.delivery.ListenerFlow;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.flow.Semantics;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.support.TopicPartitionOffset;

/**
 * A listener container, the flow behind it, and what is configured for both.
 *
 * @param id id of the listener
 * @param container the container
 * @param flow what the code says
 * @param policy what the configuration says
 */
record InspectedListener(String id, AbstractMessageListenerContainer<?, ?> container, ListenerFlow flow,
		FlowPolicy policy) {

	private static final Duration DEFAULT_MAX_POLL_INTERVAL = Duration.ofMinutes(5);

	/**
	 * The semantics that count: an effect annotation, then the configuration, then the
	 * code.
	 */
	@Nullable Semantics semantics() {
		if (this.flow.effect()) {
			return Semantics.EFFECTIVELY_ONCE;
		}
		return (this.policy.semantics() != null) ? this.policy.semantics() : this.flow.semantics();
	}

	boolean is(Semantics semantics) {
		return semantics() == semantics;
	}

	/**
	 * How people find it.
	 */
	String where() {
		return "Kafka listener '" + this.id + "' (" + this.flow.location() + ")";
	}

	ContainerProperties properties() {
		return this.container.getContainerProperties();
	}

	/**
	 * The listener as the application set it up.
	 */
	@Nullable Object messageListener() {
		Object listener = properties().getMessageListener();
		return (listener != null) ? PlainListeners.original(GroupListener.original(listener)) : null;
	}

	boolean isBatch() {
		return messageListener() instanceof BatchMessageListener;
	}

	/**
	 * Whether the container hands over whole polls to what finds the record at fault.
	 */
	boolean isPrepared() {
		Object listener = properties().getMessageListener();
		return listener instanceof GroupListener || listener instanceof PlainBatchListener;
	}

	/**
	 * Whether records are to share transactions, as a batch or as configured.
	 */
	boolean isGrouped() {
		return is(Semantics.EFFECTIVELY_ONCE) && (isBatch() || this.policy.group() != null);
	}

	/**
	 * Whether the flow may fall back to topic, partition and offset as identity.
	 */
	boolean mayUsePosition() {
		return is(Semantics.EFFECTIVELY_ONCE) && !this.flow.keyed() && this.policy.identity().positionAllowed();
	}

	/**
	 * Whether records come from retry topics, where they have other positions.
	 */
	boolean isRetryTopic() {
		return this.container.getMainListenerId() != null;
	}

	Collection<String> topics() {
		String[] names = properties().getTopics();
		TopicPartitionOffset[] partitions = properties().getTopicPartitions();
		return Stream
			.concat((names != null) ? Arrays.stream(names) : Stream.empty(), (partitions != null)
					? Arrays.stream(partitions).map(TopicPartitionOffset::getTopic) : Stream.empty())
			.distinct()
			.toList();
	}

	@Nullable Pattern topicPattern() {
		return properties().getTopicPattern();
	}

	/**
	 * A consumer property as the consumer will see it.
	 * @return {@code null} if nobody set it
	 */
	@Nullable String consumerProperty(String name) {
		String override = properties().getKafkaConsumerProperties().getProperty(name);
		if (override != null) {
			return override;
		}
		Object value = consumerProperties().get(name);
		return (value != null) ? value.toString() : null;
	}

	/**
	 * Overrides a consumer property for this container alone.
	 */
	void overrideConsumerProperty(String name, String value) {
		Properties own = new Properties();
		Properties before = properties().getKafkaConsumerProperties();
		before.stringPropertyNames().forEach((key) -> own.setProperty(key, before.getProperty(key)));
		own.setProperty(name, value);
		properties().setKafkaConsumerProperties(own);
	}

	/**
	 * Properties to reach the same broker with.
	 */
	Map<String, Object> consumerProperties() {
		Map<String, Object> properties = new HashMap<>();
		if (ListenerMethods.consumerFactory(this.container) instanceof ConsumerFactory<?, ?> factory) {
			properties.putAll(factory.getConfigurationProperties());
		}
		return properties;
	}

	Duration maxPollInterval() {
		String value = consumerProperty(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
		return (value != null) ? Duration.ofMillis(Long.parseLong(value.trim())) : DEFAULT_MAX_POLL_INTERVAL;
	}

	/**
	 * Whether a record must not be acknowledged before it was handled.
	 */
	boolean isAcknowledgedAfterwards() {
		return is(Semantics.EFFECTIVELY_ONCE) || is(Semantics.AT_LEAST_ONCE);
	}

}
