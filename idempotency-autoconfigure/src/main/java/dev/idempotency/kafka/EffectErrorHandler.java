// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureDecision;
import dev.idempotency.effect.EffectEvent;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;

import org.springframework.core.log.LogAccessor;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.KafkaException.Level;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.SeekUtils;
import org.springframework.kafka.support.serializer.DeserializationException;

/**
 * Lets an offset pass only when its record was applied or is durably set aside. Until
 * then the consumer goes back to it and its partition is paused; the consumer keeps
 * polling, so it keeps its other partitions, and they go on.
 */
final class EffectErrorHandler implements CommonErrorHandler {

	private static final Duration NOBODYS_FAULT = Duration.ofSeconds(1);

	private final LogAccessor logger = new LogAccessor(EffectErrorHandler.class);

	private final FlowBinding binding;

	private final DeliveryFailures decisions;

	private final KafkaDeliveries deliveries;

	private final ListenerContainerPauseService pauses;

	EffectErrorHandler(FlowBinding binding, DeliveryFailures decisions, KafkaDeliveries deliveries,
			ListenerContainerPauseService pauses) {
		this.binding = binding;
		this.decisions = decisions;
		this.deliveries = deliveries;
		this.pauses = pauses;
	}

	@Override
	public boolean seeksAfterHandling() {
		return true;
	}

	@Override
	public void handleRemaining(Exception thrown, List<ConsumerRecord<?, ?>> records, Consumer<?, ?> consumer,
			MessageListenerContainer container) {
		SeekUtils.seekOrRecover(thrown, records, consumer, container, false,
				(record, failure, parent, itsConsumer) -> !isUncommitted(record, thrown, container)
						&& mayPass(record, thrown, consumer, container),
				this.logger, Level.DEBUG);
	}

	/**
	 * The record was applied, so its failure is not counted. A consumer that still has
	 * the partition tries again in a while.
	 */
	private boolean isUncommitted(ConsumerRecord<?, ?> record, Exception thrown, MessageListenerContainer container) {
		if (!KafkaFailures.isCommitFailure(thrown)) {
			return false;
		}
		this.logger.info(() -> "Offset of " + record.topic() + "-" + record.partition() + "@" + record.offset()
				+ " could not be committed after its listener; whoever owns the partition reads it again: " + thrown);
		if (!KafkaFailures.isLost(thrown)) {
			pause(container, new TopicPartition(record.topic(), record.partition()), NOBODYS_FAULT);
		}
		return true;
	}

	private boolean mayPass(ConsumerRecord<?, ?> record, Exception thrown, Consumer<?, ?> consumer,
			MessageListenerContainer container) {
		DeserializationException unreadable = KafkaFailures.unreadable(thrown);
		Delivery delivery = (unreadable != null)
				? unheard(this.deliveries.unreadable(record, unreadable, isKnown(record)))
				: this.deliveries.of(record, isKnown(record));
		return mayPass(this.binding.place(delivery, record, consumer), thrown,
				new TopicPartition(record.topic(), record.partition()), record.offset(), container);
	}

	private boolean isKnown(ConsumerRecord<?, ?> record) {
		return this.binding.failures().knows(new TopicPartition(record.topic(), record.partition()), record.offset());
	}

	/**
	 * Reports a delivery that no interceptor saw, because nothing could read it.
	 */
	private Delivery unheard(Delivery delivery) {
		this.binding.listener().on(new EffectEvent.Delivered(this.binding.flow(), delivery.redelivered()));
		return delivery;
	}

	private boolean mayPass(Delivery delivery, Exception thrown, TopicPartition partition, long offset,
			MessageListenerContainer container) {
		FailureDecision decision = this.decisions.decide(this.binding.flow(), delivery, thrown,
				this.binding.failures().failed(partition, offset));
		if (decision instanceof FailureDecision.Retry retry) {
			pause(container, partition, retry.pause());
			return false;
		}
		this.binding.failures().forget(partition);
		return true;
	}

	/**
	 * A stopping container holds the lock that pausing needs.
	 */
	private void pause(MessageListenerContainer container, TopicPartition partition, Duration pause) {
		if (container.isRunning()) {
			this.pauses.pausePartition(container, partition, pause);
		}
	}

	@Override
	public void handleOtherException(Exception thrown, Consumer<?, ?> consumer, MessageListenerContainer container,
			boolean batchListener) {
		if (!(thrown instanceof RecordDeserializationException unreadable)) {
			throw new IllegalStateException(
					"The consumer of flow " + this.binding.flow() + " failed outside of its listener", thrown);
		}
		TopicPartition partition = unreadable.topicPartition();
		long offset = unreadable.offset();
		Delivery unplaced = this.deliveries.unreadable(unreadable, this.binding.failures().knows(partition, offset));
		Places places = this.binding.places();
		Delivery delivery = (places != null) ? places.place(unplaced, partition, offset, -1, consumer) : unplaced;
		if (mayPass(unheard(delivery), unreadable, partition, offset, container)) {
			long next = offset + 1;
			consumer.seek(partition, next);
			if (container.getGroupId() != null) {
				consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
			}
		}
	}

	/**
	 * Of a poll that was handed over as a whole, what was applied is acknowledged, and
	 * what was not tried comes again. The consumer goes back before it commits: whatever
	 * a commit throws, nothing is skipped.
	 */
	@Override
	public void handleBatch(Exception thrown, ConsumerRecords<?, ?> data, Consumer<?, ?> consumer,
			MessageListenerContainer container, Runnable invokeListener) {
		UnappliedRecordException unapplied = UnappliedRecordException.in(thrown);
		Map<TopicPartition, OffsetAndMetadata> applied = new HashMap<>();
		List<ConsumerRecord<?, ?>> rest = new ArrayList<>();
		for (ConsumerRecord<?, ?> record : data) {
			if (unapplied == null || !rest.isEmpty() || unapplied.isFor(record)) {
				rest.add(record);
			}
			else {
				pass(record, applied);
			}
		}
		try {
			if (unapplied != null && !rest.isEmpty()
					&& mayPass(rest.get(0), unapplied.failure(), consumer, container)) {
				pass(rest.remove(0), applied);
			}
		}
		finally {
			SeekUtils.doSeeksToBegin(rest, consumer, this.logger);
		}
		commit(applied, consumer, container);
		if (!rest.isEmpty()) {
			if (unapplied == null && !KafkaFailures.isLost(thrown)) {
				data.partitions().forEach((partition) -> pause(container, partition, NOBODYS_FAULT));
			}
			throw new KafkaException("Records that were not applied come again", Level.DEBUG, thrown);
		}
	}

	private static void pass(ConsumerRecord<?, ?> record, Map<TopicPartition, OffsetAndMetadata> applied) {
		applied.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
	}

	/**
	 * What is not acknowledged comes again and is found applied.
	 */
	private void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Consumer<?, ?> consumer,
			MessageListenerContainer container) {
		if (offsets.isEmpty()) {
			return;
		}
		try {
			consumer.commitSync(offsets, container.getContainerProperties().getSyncCommitTimeout());
		}
		catch (org.apache.kafka.common.KafkaException ex) {
			this.logger.info(() -> "Offsets " + offsets + " could not be committed after their listener: " + ex);
		}
	}

	@Override
	public <K, V> ConsumerRecords<K, V> handleBatchAndReturnRemaining(Exception thrown, ConsumerRecords<?, ?> data,
			Consumer<?, ?> consumer, MessageListenerContainer container, Runnable invokeListener) {
		handleBatch(thrown, data, consumer, container, invokeListener);
		return ConsumerRecords.empty();
	}

	@Override
	public void setAckAfterHandle(boolean ack) {
		if (!ack) {
			throw new IllegalArgumentException("What is set aside is acknowledged");
		}
	}

}
