// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Hands the records of a poll over once their offsets are committed.
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
				() -> this.delegate.onMessage(records, null, consumer));
	}

	@Override
	public void onMessage(List<ConsumerRecord<K, V>> records, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer) {
		around(records, Objects.requireNonNull(consumer), () -> {
			switch (this.delegateType) {
				case ACKNOWLEDGING_CONSUMER_AWARE -> this.delegate.onMessage(records, null, consumer);
				case ACKNOWLEDGING -> this.delegate.onMessage(records, (Acknowledgment) null);
				case CONSUMER_AWARE -> this.delegate.onMessage(records, consumer);
				case SIMPLE -> this.delegate.onMessage(records);
			}
		});
	}

	private void around(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer, Runnable call) {
		if (records.isEmpty()) {
			return;
		}
		HandlingTime time = this.binding.time();
		time.polling();
		time.handling();
		this.offsets.commit(records, consumer);
		EffectListener listener = this.binding.listener();
		records.forEach((record) -> listener.on(new EffectEvent.Delivered(this.binding.flow(), false)));
		call.run();
		DeliveryAccount account = Objects.requireNonNull(this.binding.account());
		records.forEach((record) -> account.handled(this.deliveries.of(record, false)));
		time.handled();
	}

}
