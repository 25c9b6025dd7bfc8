// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;

import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.delivery.NotAcknowledgedException;
import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectEvent.Loss;
import dev.idempotency.flow.Backoff;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.log.LogAccessor;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.KafkaException.Level;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.SeekUtils;

/**
 * Lets every record pass that a listener was called with, whatever came of it. Only what
 * could not be acknowledged, and was therefore not handled, is read again.
 */
final class AtMostOnceErrorHandler implements CommonErrorHandler {

	private static final Logger logger = LoggerFactory.getLogger(AtMostOnceErrorHandler.class);

	private final FlowBinding binding;

	private final DeliveryAccount account;

	private final Backoff backoff;

	private final ListenerContainerPauseService pauses;

	private final DoubleSupplier random;

	AtMostOnceErrorHandler(FlowBinding binding, Backoff backoff, ListenerContainerPauseService pauses,
			DoubleSupplier random) {
		this.binding = binding;
		this.account = Objects.requireNonNull(binding.account());
		this.backoff = backoff;
		this.pauses = pauses;
		this.random = random;
	}

	@Override
	public boolean seeksAfterHandling() {
		return true;
	}

	@Override
	public void handleRemaining(Exception thrown, List<ConsumerRecord<?, ?>> records, Consumer<?, ?> consumer,
			MessageListenerContainer container) {
		SeekUtils.seekOrRecover(thrown, records, consumer, container, false,
				(record, failure, parent, itsConsumer) -> mayPass(thrown, List.of(record), container),
				new LogAccessor(AtMostOnceErrorHandler.class), Level.DEBUG);
	}

	@Override
	public void handleBatch(Exception thrown, ConsumerRecords<?, ?> data, Consumer<?, ?> consumer,
			MessageListenerContainer container, Runnable invokeListener) {
		List<ConsumerRecord<?, ?>> records = data.partitions()
			.stream()
			.<ConsumerRecord<?, ?>>flatMap((partition) -> data.records(partition).stream())
			.toList();
		if (!mayPass(thrown, records, container)) {
			SeekUtils.doSeeksToBegin(records, consumer, new LogAccessor(AtMostOnceErrorHandler.class));
			throw new KafkaException("Records that were not acknowledged are read again", Level.DEBUG, thrown);
		}
	}

	@Override
	public <K, V> ConsumerRecords<K, V> handleBatchAndReturnRemaining(Exception thrown, ConsumerRecords<?, ?> data,
			Consumer<?, ?> consumer, MessageListenerContainer container, Runnable invokeListener) {
		handleBatch(thrown, data, consumer, container, invokeListener);
		return ConsumerRecords.empty();
	}

	private boolean mayPass(Exception thrown, List<? extends ConsumerRecord<?, ?>> records,
			MessageListenerContainer container) {
		ConsumerRecord<?, ?> first = records.get(0);
		TopicPartition partition = new TopicPartition(first.topic(), first.partition());
		NotAcknowledgedException refused = notAcknowledged(thrown);
		if (refused == null) {
			if (KafkaFailures.isCommitFailure(thrown)) {
				return true;
			}
			if (KafkaFailures.unreadable(thrown) != null) {
				this.binding.listener().on(new EffectEvent.Delivered(this.binding.flow(), false));
			}
			logger.error("Listener of flow {} failed on {} record(s) from {}@{} on, which are lost",
					this.binding.flow(), records.size(), partition, first.offset(), thrown);
			this.account.lost(Loss.FAILED, records.size());
			this.binding.failures().forget(partition);
			return true;
		}
		Duration pause = this.backoff.pause(this.binding.failures().failed(partition, first.offset()), this.random);
		logger.warn("{}, again in {} ms: {}", refused.getMessage(), pause.toMillis(), refused.getCause());
		this.binding.listener().on(new EffectEvent.Retried(this.binding.flow(), true, 0, refused));
		if (container.isRunning()) {
			records.stream()
				.map((record) -> new TopicPartition(record.topic(), record.partition()))
				.distinct()
				.forEach((each) -> this.pauses.pausePartition(container, each, pause));
		}
		return false;
	}

	private static @Nullable NotAcknowledgedException notAcknowledged(Throwable thrown) {
		for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof NotAcknowledgedException found) {
				return found;
			}
		}
		return null;
	}

	@Override
	public void handleOtherException(Exception thrown, Consumer<?, ?> consumer, MessageListenerContainer container,
			boolean batchListener) {
		if (!(thrown instanceof RecordDeserializationException unreadable)) {
			throw new IllegalStateException(
					"The consumer of flow " + this.binding.flow() + " failed outside of its listener", thrown);
		}
		TopicPartition partition = unreadable.topicPartition();
		long next = unreadable.offset() + 1;
		consumer.seek(partition, next);
		consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
		logger.error("Record {}@{} of flow {} cannot be read and is lost", partition, unreadable.offset(),
				this.binding.flow(), unreadable);
		this.binding.listener().on(new EffectEvent.Delivered(this.binding.flow(), false));
		this.account.lost(Loss.FAILED, 1);
	}

	@Override
	public void setAckAfterHandle(boolean ack) {
		if (!ack) {
			throw new IllegalArgumentException("What is lost is acknowledged");
		}
	}

}
