// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.support.micrometer.KafkaListenerObservation;
import org.springframework.kafka.support.micrometer.KafkaListenerObservation.DefaultKafkaListenerObservationConvention;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;

/**
 * Observes each record of a group as the container would: it observes none when it hands
 * over a whole poll.
 */
final class RecordObservations {

	private final AbstractMessageListenerContainer<?, ?> container;

	private final Supplier<ObservationRegistry> registry;

	/**
	 * Creates the observations of a container.
	 * @param container the container
	 * @param registry the application's, for a container that has none of its own
	 */
	RecordObservations(AbstractMessageListenerContainer<?, ?> container, Supplier<ObservationRegistry> registry) {
		this.container = container;
		this.registry = registry;
	}

	void observe(ConsumerRecord<?, ?> record, Runnable handling) {
		ContainerProperties properties = this.container.getContainerProperties();
		if (!properties.isObservationEnabled()) {
			handling.run();
			return;
		}
		KafkaListenerObservation.LISTENER_OBSERVATION
			.observation(properties.getObservationConvention(), DefaultKafkaListenerObservationConvention.INSTANCE,
					() -> new KafkaRecordReceiverContext(record, this.container.getListenerId(),
							properties.getClientId(), this.container.getGroupId(), () -> null),
					registry(properties))
			.observe(handling);
	}

	private ObservationRegistry registry(ContainerProperties properties) {
		ObservationRegistry own = properties.getObservationRegistry();
		return own.isNoop() ? this.registry.get() : own;
	}

}
