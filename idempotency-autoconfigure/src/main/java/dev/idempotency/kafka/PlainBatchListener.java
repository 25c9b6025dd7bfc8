// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import dev.idempotency.effect.EffectGroupException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Finds the record of a poll that a listener without effects fails on. Nothing is rolled
 * back, so each record is repeated as seldom as possible: not at all if the listener
 * names the one at fault, once more by itself if it does not.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class PlainBatchListener<K, V>
		extends AbstractDelegatingMessageListenerAdapter<BatchAcknowledgingConsumerAwareMessageListener<K, V>>
		implements BatchAcknowledgingConsumerAwareMessageListener<K, V> {

	private final PlainBatches<K, V> handling;

	private final Predicate<Throwable> infrastructure;

	PlainBatchListener(BatchAcknowledgingConsumerAwareMessageListener<K, V> delegate, PlainBatches<K, V> handling,
			Predicate<Throwable> infrastructure) {
		super(delegate);
		this.handling = handling;
		this.infrastructure = infrastructure;
	}

	@Override
	public void onMessage(List<ConsumerRecord<K, V>> records, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer) {
		if (records.isEmpty()) {
			return;
		}
		Consumer<?, ?> ours = Objects.requireNonNull(consumer);
		HandlingTime time = this.handling.binding().time();
		time.polling();
		time.handling();
		this.handling.delivered(records);
		int from = 0;
		while (from < records.size()) {
			int to = (from == 0 && hasFailed(records.get(0))) ? 1 : readable(records, from);
			if (to - from > 1) {
				together(records.subList(from, to), ours);
				from = to;
			}
			else {
				alone(records.get(from++), ours);
			}
			time.handled();
		}
	}

	private boolean hasFailed(ConsumerRecord<K, V> record) {
		return this.handling.binding()
			.failures()
			.knows(new TopicPartition(record.topic(), record.partition()), record.offset());
	}

	private int readable(List<ConsumerRecord<K, V>> records, int from) {
		int to = from;
		while (to < records.size() && this.handling.unreadable(records.get(to)) == null) {
			to++;
		}
		return to;
	}

	private void together(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer) {
		try {
			this.handling.together(records, consumer);
		}
		catch (EffectGroupException ex) {
			if (this.infrastructure.test(ex)) {
				throw UnappliedRecordException.of(records.get(Math.max(ex.index(), 0)), ex);
			}
			if (ex.index() != EffectGroupException.UNKNOWN) {
				throw UnappliedRecordException.of(records.get(ex.index()), ex);
			}
			records.forEach((record) -> alone(record, consumer));
		}
		catch (Throwable ex) {
			throw UnappliedRecordException.of(records.get(0), ex);
		}
	}

	private void alone(ConsumerRecord<K, V> record, Consumer<?, ?> consumer) {
		try {
			this.handling.alone(record, consumer);
		}
		catch (Throwable ex) {
			throw UnappliedRecordException.of(record, ex);
		}
	}

}
