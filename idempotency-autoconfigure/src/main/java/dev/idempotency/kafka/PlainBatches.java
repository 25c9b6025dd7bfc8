// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectGroupException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.MDC;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;

/**
 * Hands records to a listener that takes many and has no effects of its own: what it did
 * before it failed is not undone.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class PlainBatches<K, V> extends GroupHandling<K, V> {

	private final BatchAcknowledgingConsumerAwareMessageListener<K, V> listener;

	private final DeliveryAccount account;

	PlainBatches(KafkaDeliveries deliveries, FlowBinding binding,
			BatchAcknowledgingConsumerAwareMessageListener<K, V> listener) {
		super(deliveries, binding);
		this.listener = listener;
		this.account = Objects.requireNonNull(binding.account());
	}

	/**
	 * Reports records that the consumer was given.
	 */
	void delivered(List<ConsumerRecord<K, V>> records) {
		for (ConsumerRecord<K, V> record : records) {
			Delivery delivery = describe(record);
			String flow = binding().flow();
			binding().listener()
				.on(delivery.addressedTo(flow) ? new EffectEvent.Delivered(flow, delivery.redelivered())
						: new EffectEvent.Filtered(flow));
		}
	}

	@Override
	void apply(List<ConsumerRecord<K, V>> records, List<Delivery> messages, List<ConsumerRecord<K, V>> others,
			Consumer<?, ?> consumer) {
		if (records.isEmpty()) {
			return;
		}
		try {
			call(records, consumer);
		}
		catch (RuntimeException ex) {
			int named = RecordBatches.named(ex, records);
			boolean known = named >= 0 && named < records.size();
			messages.subList(0, known ? named : 0).forEach(this.account::handled);
			throw new EffectGroupException(known ? named : EffectGroupException.UNKNOWN, ex);
		}
		messages.forEach(this.account::handled);
	}

	@Override
	void applyAlone(ConsumerRecord<K, V> record, Consumer<?, ?> consumer) {
		Delivery delivery = describe(record);
		if (delivery.addressedTo(binding().flow())) {
			call(List.of(record), consumer);
			this.account.handled(delivery);
		}
	}

	@SuppressWarnings("unchecked")
	private void call(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer) {
		MDC.put(DeliveryInterceptor.MDC_FLOW, binding().flow());
		try {
			if (this.listener.wantsPollResult()) {
				this.listener.onMessage(RecordBatches.poll(records), null, (Consumer<K, V>) consumer);
			}
			else {
				this.listener.onMessage(new ArrayList<>(records), null, consumer);
			}
		}
		finally {
			MDC.remove(DeliveryInterceptor.MDC_FLOW);
		}
	}

}
