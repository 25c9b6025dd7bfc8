// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.EffectGroup;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectGroupException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchListenerFailedException;

/**
 * Hands the records of a poll that were not applied before to a listener that takes many.
 * What was applied is taken out before anything is converted, so payloads and lists of
 * headers still belong together.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class RecordBatches<K, V> extends GroupHandling<K, V> {

	private final BatchAcknowledgingConsumerAwareMessageListener<K, V> listener;

	private final EffectGroup group;

	RecordBatches(KafkaDeliveries deliveries, FlowBinding binding,
			BatchAcknowledgingConsumerAwareMessageListener<K, V> listener, EffectGroup group) {
		super(deliveries, binding);
		this.listener = listener;
		this.group = group;
	}

	@Override
	void apply(List<ConsumerRecord<K, V>> records, List<Delivery> messages, List<ConsumerRecord<K, V>> others,
			Consumer<?, ?> consumer) throws Throwable {
		if (!messages.isEmpty()) {
			this.group.together(messages, (indexes) -> call(records, indexes, consumer));
		}
		messages.forEach(this::delivered);
		others.forEach((other) -> filtered(describe(other), other, consumer));
	}

	@Override
	void applyAlone(ConsumerRecord<K, V> record, Consumer<?, ?> consumer) throws Throwable {
		Delivery delivery = describe(record);
		if (!delivery.addressedTo(binding().flow())) {
			filtered(delivery, record, consumer);
			return;
		}
		delivered(delivery);
		this.group.alone(binding().place(delivery, record, consumer),
				(indexes) -> onMessage(List.of(record), consumer));
	}

	private void delivered(Delivery delivery) {
		binding().listener().on(new EffectEvent.Delivered(binding().flow(), delivery.redelivered()));
	}

	private void filtered(Delivery delivery, ConsumerRecord<K, V> record, Consumer<?, ?> consumer) {
		binding().skip(delivery, record, consumer);
		binding().listener().on(new EffectEvent.Filtered(binding().flow()));
	}

	private void call(List<ConsumerRecord<K, V>> records, List<Integer> indexes, Consumer<?, ?> consumer) {
		List<ConsumerRecord<K, V>> some = indexes.stream().map(records::get).toList();
		try {
			onMessage(some, consumer);
		}
		catch (RuntimeException ex) {
			int named = named(ex, some);
			if (named >= 0 && named < some.size()) {
				throw new EffectGroupException(indexes.get(named), ex);
			}
			throw ex;
		}
	}

	@SuppressWarnings("unchecked")
	private void onMessage(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer) {
		MDC.put(DeliveryInterceptor.MDC_FLOW, binding().flow());
		try {
			if (this.listener.wantsPollResult()) {
				this.listener.onMessage(poll(records), null, (Consumer<K, V>) consumer);
			}
			else {
				this.listener.onMessage(new ArrayList<>(records), null, consumer);
			}
		}
		finally {
			MDC.remove(DeliveryInterceptor.MDC_FLOW);
		}
	}

	static <K, V> ConsumerRecords<K, V> poll(List<ConsumerRecord<K, V>> records) {
		Map<TopicPartition, List<ConsumerRecord<K, V>>> byPartition = new LinkedHashMap<>();
		records.forEach((record) -> byPartition
			.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), (partition) -> new ArrayList<>())
			.add(record));
		return new ConsumerRecords<>(byPartition, Map.of());
	}

	/**
	 * The record that the application says is at fault, among those it was given.
	 */
	static int named(Throwable failure, List<? extends ConsumerRecord<?, ?>> records) {
		BatchListenerFailedException named = find(failure);
		if (named == null) {
			return EffectGroupException.UNKNOWN;
		}
		ConsumerRecord<?, ?> record = named.getRecord();
		if (record == null) {
			return named.getIndex();
		}
		for (int i = 0; i < records.size(); i++) {
			ConsumerRecord<?, ?> each = records.get(i);
			if (each.offset() == record.offset() && each.partition() == record.partition()
					&& each.topic().equals(record.topic())) {
				return i;
			}
		}
		return EffectGroupException.UNKNOWN;
	}

	private static @Nullable BatchListenerFailedException find(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof BatchListenerFailedException named) {
				return named;
			}
		}
		return null;
	}

}
