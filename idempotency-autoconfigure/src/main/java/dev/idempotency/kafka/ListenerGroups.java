// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.delivery.EffectGroups;
import dev.idempotency.flow.ContradictionException;
import dev.idempotency.kafka.ListenerMethods.ListenerMethod;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;
import org.springframework.kafka.support.converter.BatchMessageConverter;

/**
 * Lets the records of a container share transactions, by standing before its listener.
 */
final class ListenerGroups {

	private final KafkaDeliveries deliveries;

	private final EffectGroups groups;

	private final DeliveryFailures failures;

	private final Supplier<ObservationRegistry> observations;

	private final Clock clock;

	ListenerGroups(KafkaDeliveries deliveries, EffectGroups groups, DeliveryFailures failures,
			Supplier<ObservationRegistry> observations, Clock clock) {
		this.observations = observations;
		this.deliveries = deliveries;
		this.groups = groups;
		this.failures = failures;
		this.clock = clock;
	}

	/**
	 * Prepares a container that has not started, and in which nothing is contradictory.
	 * @return what contradicts in the listener's method, {@code null} if nothing
	 */
	@Nullable Finding prepare(InspectedListener inspected, FlowBinding binding) {
		Object original = inspected.messageListener();
		List<ListenerMethod> methods = (original != null) ? ListenerMethods.of(original) : List.of();
		if (original == null || methods.isEmpty()) {
			return null;
		}
		EffectGroup group;
		try {
			group = this.groups.of(methods.get(0).type(), methods.get(0).method());
		}
		catch (ContradictionException ex) {
			return GroupChecks.finding(inspected, ex.contradictions().get(0), null);
		}
		inspected.properties().setMessageListener(listener(inspected, original, binding, group));
		return null;
	}

	private <K, V> GroupListener<K, V> listener(InspectedListener inspected, Object original, FlowBinding binding,
			EffectGroup group) {
		GroupHandling<K, V> handling = inspected.isBatch() ? batches(original, binding, group)
				: records(inspected, original, binding, group);
		return new GroupListener<>(original, handling, this.failures::isInfrastructure, inspected.policy().group(),
				this.clock);
	}

	@SuppressWarnings("unchecked")
	private <K, V> GroupHandling<K, V> batches(Object original, FlowBinding binding, EffectGroup group) {
		BatchMessagingMessageListenerAdapter<K, V> adapter = (BatchMessagingMessageListenerAdapter<K, V>) original;
		if (ListenerMethods.batchConverter(adapter) instanceof BatchMessageConverter converter
				&& !(converter instanceof UnreadableBatchConverter)) {
			adapter.setBatchMessageConverter(new UnreadableBatchConverter(converter));
		}
		return new RecordBatches<>(this.deliveries, binding, adapter, group);
	}

	@SuppressWarnings("unchecked")
	private <K, V> GroupHandling<K, V> records(InspectedListener inspected, Object original, FlowBinding binding,
			EffectGroup group) {
		AbstractMessageListenerContainer<K, V> container = (AbstractMessageListenerContainer<K, V>) inspected
			.container();
		return new RecordGroups<>(this.deliveries, binding, (AcknowledgingConsumerAwareMessageListener<K, V>) original,
				container.getRecordInterceptor(), group, new RecordObservations(container, this.observations));
	}

}
