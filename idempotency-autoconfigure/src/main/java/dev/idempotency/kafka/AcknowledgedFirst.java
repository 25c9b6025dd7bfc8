// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Objects;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Hands a record over once its offset is committed.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class AcknowledgedFirst<K, V> extends AbstractDelegatingMessageListenerAdapter<MessageListener<K, V>>
		implements AcknowledgingConsumerAwareMessageListener<K, V> {

	private final BegunOffsets offsets;

	AcknowledgedFirst(MessageListener<K, V> delegate, BegunOffsets offsets) {
		super(delegate);
		this.offsets = offsets;
	}

	@Override
	public void onMessage(ConsumerRecord<K, V> record, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer) {
		this.offsets.commit(List.of(record), Objects.requireNonNull(consumer));
		switch (this.delegateType) {
			case ACKNOWLEDGING_CONSUMER_AWARE -> this.delegate.onMessage(record, null, consumer);
			case ACKNOWLEDGING -> this.delegate.onMessage(record, (Acknowledgment) null);
			case CONSUMER_AWARE -> this.delegate.onMessage(record, consumer);
			case SIMPLE -> this.delegate.onMessage(record);
		}
	}

}
