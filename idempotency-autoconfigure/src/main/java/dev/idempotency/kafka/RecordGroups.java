// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.EffectGroup;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Hands the records of a poll to a listener that takes one, as a container would, but
 * several of them in one transaction.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class RecordGroups<K, V> extends GroupHandling<K, V> {

	private final AcknowledgingConsumerAwareMessageListener<K, V> listener;

	private final DeliveryInterceptor<K, V> interceptor;

	private final DeliveryInterceptor<K, V> interceptorInGroup;

	private final HeldBackEvents events;

	private final EffectGroup group;

	private final RecordObservations observations;

	/**
	 * Creates the handling.
	 * @param listener the listener
	 * @param existing the interceptor the container has, {@code null} for none
	 */
	RecordGroups(KafkaDeliveries deliveries, FlowBinding binding,
			AcknowledgingConsumerAwareMessageListener<K, V> listener, @Nullable RecordInterceptor<K, V> existing,
			EffectGroup group, RecordObservations observations) {
		super(deliveries, binding);
		this.listener = listener;
		this.events = new HeldBackEvents(binding.listener());
		this.interceptor = DeliveryInterceptor.bound(() -> deliveries, existing, binding);
		this.interceptorInGroup = DeliveryInterceptor.bound(() -> deliveries, existing,
				new FlowBinding(binding.flow(), this.events, binding.time(), binding.failures(), null));
		this.group = group;
		this.observations = observations;
	}

	@Override
	void apply(List<ConsumerRecord<K, V>> records, List<Delivery> messages, List<ConsumerRecord<K, V>> others,
			Consumer<?, ?> consumer) throws Throwable {
		this.events.during(() -> {
			if (!messages.isEmpty()) {
				this.group.each(messages, (index) -> {
					ConsumerRecord<K, V> record = records.get(index);
					if (handle(this.interceptorInGroup, record, messages.get(index).anywhere(), consumer) != record) {
						throw new IllegalStateException("The application's RecordInterceptor dropped or replaced it");
					}
				});
			}
		});
		others.forEach((other) -> applyAlone(other, consumer));
	}

	@Override
	void applyAlone(ConsumerRecord<K, V> record, Consumer<?, ?> consumer) {
		handle(this.interceptor, record, describe(record), consumer);
	}

	/**
	 * Handles a record. In a group it is claimed by its place already, and must be
	 * handled as it is.
	 * @return what was handled, {@code null} for nothing
	 */
	@SuppressWarnings("unchecked")
	private @Nullable ConsumerRecord<K, V> handle(DeliveryInterceptor<K, V> around, ConsumerRecord<K, V> record,
			Delivery delivery, Consumer<?, ?> consumer) {
		Consumer<K, V> ours = (Consumer<K, V>) consumer;
		try {
			ConsumerRecord<K, V> seen = around.intercept(record, delivery, ours);
			if (around == this.interceptorInGroup && seen != record) {
				return seen;
			}
			if (seen != null) {
				this.observations.observe(seen, () -> this.listener.onMessage(seen, null, consumer));
			}
			around.success(record, ours);
			return seen;
		}
		catch (RuntimeException ex) {
			around.failure(record, ex, ours);
			throw ex;
		}
		finally {
			around.afterRecord(record, ours);
		}
	}

}
