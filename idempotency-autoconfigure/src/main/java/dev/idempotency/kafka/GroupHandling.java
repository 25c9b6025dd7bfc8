// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectGroupException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogAccessor;
import org.springframework.kafka.support.KafkaUtils;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.kafka.support.serializer.SerializationUtils;

/**
 * Applies records of one listener, several in a transaction or one by itself.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
abstract class GroupHandling<K, V> {

	private final LogAccessor logger = new LogAccessor(GroupHandling.class);

	private final KafkaDeliveries deliveries;

	private final FlowBinding binding;

	GroupHandling(KafkaDeliveries deliveries, FlowBinding binding) {
		this.deliveries = deliveries;
		this.binding = binding;
	}

	/**
	 * Applies records in one transaction, all or none.
	 * @throws EffectGroupException if one of them cannot be applied with the others
	 * @throws Throwable if none of them can be applied now
	 */
	final void together(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer) throws Throwable {
		List<ConsumerRecord<K, V>> ours = new ArrayList<>(records.size());
		List<Integer> positions = new ArrayList<>(records.size());
		List<ConsumerRecord<K, V>> others = new ArrayList<>();
		List<Delivery> messages = new ArrayList<>(records.size());
		for (ConsumerRecord<K, V> record : records) {
			DeserializationException unreadable = unreadable(record);
			if (unreadable != null) {
				throw new EffectGroupException(ours.size() + others.size(), unreadable);
			}
			Delivery delivery = describe(record);
			if (delivery.addressedTo(this.binding.flow())) {
				positions.add(ours.size() + others.size());
				ours.add(record);
				messages.add(this.binding.place(delivery, record, consumer));
			}
			else {
				this.binding.skip(delivery, record, consumer);
				others.add(record);
			}
		}
		try {
			apply(ours, messages, others, consumer);
		}
		catch (EffectGroupException ex) {
			throw (ex.index() == EffectGroupException.UNKNOWN || others.isEmpty()) ? ex
					: new EffectGroupException(positions.get(ex.index()), Objects.requireNonNull(ex.getCause()));
		}
	}

	/**
	 * Applies one record as if there were no others.
	 */
	final void alone(ConsumerRecord<K, V> record, Consumer<?, ?> consumer) throws Throwable {
		DeserializationException unreadable = unreadable(record);
		if (unreadable != null) {
			throw unreadable;
		}
		applyAlone(record, consumer);
	}

	/**
	 * Applies records in one transaction.
	 * @param records those addressed to the flow
	 * @param messages the same, described
	 * @param others those addressed to other flows
	 */
	abstract void apply(List<ConsumerRecord<K, V>> records, List<Delivery> messages, List<ConsumerRecord<K, V>> others,
			Consumer<?, ?> consumer) throws Throwable;

	abstract void applyAlone(ConsumerRecord<K, V> record, Consumer<?, ?> consumer) throws Throwable;

	final FlowBinding binding() {
		return this.binding;
	}

	final Delivery describe(ConsumerRecord<K, V> record) {
		return this.deliveries.of(record,
				this.binding.failures().knows(new TopicPartition(record.topic(), record.partition()), record.offset()));
	}

	/**
	 * What an {@code ErrorHandlingDeserializer} left in place of a key or value.
	 */
	final @Nullable DeserializationException unreadable(ConsumerRecord<K, V> record) {
		DeserializationException value = (record.value() != null) ? null : SerializationUtils
			.getExceptionFromHeader(record, KafkaUtils.VALUE_DESERIALIZER_EXCEPTION_HEADER, this.logger);
		return (value != null || record.key() != null) ? value : SerializationUtils.getExceptionFromHeader(record,
				KafkaUtils.KEY_DESERIALIZER_EXCEPTION_HEADER, this.logger);
	}

}
