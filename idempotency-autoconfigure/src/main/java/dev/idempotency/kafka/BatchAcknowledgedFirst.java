// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.effect.EffectEvent;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Hands the records of a poll over once their offsets are committed, without those
 * addressed to other flows.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class BatchAcknowledgedFirst<K, V> extends AbstractDelegatingMessageListenerAdapter<BatchMessageListener<K, V>>
		implements BatchAcknowledgingConsumerAwareMessageListener<K, V> {

	private final BegunOffsets offsets;

	private final KafkaDeliveries deliveries;

	private final FlowBinding binding;

	BatchAcknowledgedFirst(BatchMessageListener<K, V> delegate, BegunOffsets offsets, KafkaDeliveries deliveries,
			FlowBinding binding) {
		super(delegate);
		this.offsets = offsets;
		this.deliveries = deliveries;
		this.binding = binding;
	}

	@Override
	public boolean wantsPollResult() {
		return this.delegate.wantsPollResult();
	}

	@Override
	public void onMessage(ConsumerRecords<K, V> records, @Nullable Acknowledgment acknowledgment,
			Consumer<K, V> consumer) {
		around(StreamSupport.stream(records.spliterator(), false).toList(), consumer,
				(ours) -> this.delegate.onMessage(RecordBatches.poll(ours), null, consumer));
	}

	@Override
	public void onMessage(List<ConsumerRecord<K, V>> records, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer) {
		around(records, Objects.requireNonNull(consumer), (ours) -> {
			switch (this.delegateType) {
				case ACKNOWLEDGING_CONSUMER_AWARE -> this.delegate.onMessage(ours, null, consumer);
				case ACKNOWLEDGING -> this.delegate.onMessage(ours, (Acknowledgment) null);
				case CONSUMER_AWARE -> this.delegate.onMessage(ours, consumer);
				case SIMPLE -> this.delegate.onMessage(ours);
			}
		});
	}

	private void around(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer,
			java.util.function.Consumer<List<ConsumerRecord<K, V>>> call) {
		if (records.isEmpty()) {
			return;
		}
		HandlingTime time = this.binding.time();
		time.polling();
		time.handling();
		this.offsets.commit(records, consumer);
		List<ConsumerRecord<K, V>> ours = new ArrayList<>(records.size());
		List<Delivery> messages = new ArrayList<>(records.size());
		for (ConsumerRecord<K, V> record : records) {
			Delivery message = this.deliveries.of(record, false);
			if (message.addressedTo(this.binding.flow())) {
				ours.add(record);
				messages.add(message);
				this.binding.listener().on(new EffectEvent.Delivered(this.binding.flow(), false));
			}
			else {
				this.binding.listener().on(new EffectEvent.Filtered(this.binding.flow()));
			}
		}
		if (!ours.isEmpty()) {
			call.accept(ours);
			messages.forEach(Objects.requireNonNull(this.binding.account())::handled);
		}
		time.handled();
	}

}
