// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.DeliveryFailures;
import dev.idempotency.delivery.FailureDecision;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;

import org.springframework.core.log.LogAccessor;
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

	private final LogAccessor logger = new LogAccessor(EffectErrorHandler.class);

	private final String flow;

	private final DeliveryFailures decisions;

	private final KafkaDeliveries deliveries;

	private final Failures failures;

	private final ListenerContainerPauseService pauses;

	EffectErrorHandler(String flow, DeliveryFailures decisions, KafkaDeliveries deliveries, Failures failures,
			ListenerContainerPauseService pauses) {
		this.flow = flow;
		this.decisions = decisions;
		this.deliveries = deliveries;
		this.failures = failures;
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
				(record, failure, parent, itsConsumer) -> mayPass(record, thrown, container), this.logger, Level.DEBUG);
	}

	private boolean mayPass(ConsumerRecord<?, ?> record, Exception thrown, MessageListenerContainer container) {
		if (KafkaFailures.isCommitFailure(thrown)) {
			this.logger.info(() -> "Offset of " + record.topic() + "-" + record.partition() + "@" + record.offset()
					+ " could not be committed after its listener; whoever owns the partition reads it again");
			return false;
		}
		DeserializationException unreadable = KafkaFailures.unreadable(thrown);
		Delivery delivery = (unreadable != null) ? this.deliveries.unreadable(record, unreadable)
				: this.deliveries.of(record, false);
		return mayPass(delivery, thrown, new TopicPartition(record.topic(), record.partition()), record.offset(),
				container);
	}

	private boolean mayPass(Delivery delivery, Exception thrown, TopicPartition partition, long offset,
			MessageListenerContainer container) {
		FailureDecision decision = this.decisions.decide(this.flow, delivery, thrown,
				this.failures.failed(partition, offset));
		if (decision instanceof FailureDecision.Retry retry) {
			pause(container, partition, retry.pause());
			return false;
		}
		this.failures.forget(partition);
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
			throw new IllegalStateException("The consumer of flow " + this.flow + " failed outside of its listener",
					thrown);
		}
		TopicPartition partition = unreadable.topicPartition();
		if (mayPass(this.deliveries.unreadable(unreadable), unreadable, partition, unreadable.offset(), container)) {
			long next = unreadable.offset() + 1;
			consumer.seek(partition, next);
			if (container.getGroupId() != null) {
				consumer.commitSync(Map.of(partition, new OffsetAndMetadata(next)));
			}
		}
	}

	/**
	 * Never reached by a verified listener. Nothing is acknowledged.
	 */
	@Override
	public void handleBatch(Exception thrown, ConsumerRecords<?, ?> data, Consumer<?, ?> consumer,
			MessageListenerContainer container, Runnable invokeListener) {
		List<ConsumerRecord<?, ?>> records = new ArrayList<>();
		data.forEach(records::add);
		SeekUtils.seekOrRecover(thrown, records, consumer, container, false,
				(record, failure, parent, itsConsumer) -> false, this.logger, Level.DEBUG);
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
