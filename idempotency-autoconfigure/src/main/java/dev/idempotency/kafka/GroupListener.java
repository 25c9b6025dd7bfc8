// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

import dev.idempotency.flow.FlowPolicy;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.ConsumerSeekAware;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Stands before the listener of a container that hands over whole polls.
 *
 * @param <K> type of the record keys
 * @param <V> type of the record values
 */
final class GroupListener<K, V> implements BatchAcknowledgingConsumerAwareMessageListener<K, V>, ConsumerSeekAware {

	private final Object original;

	private final GroupHandling<K, V> handling;

	private final Predicate<Throwable> infrastructure;

	private final ThreadLocal<GroupSize> sizes;

	private final Clock clock;

	/**
	 * Creates the listener.
	 * @param original the listener the container had
	 * @param handling calls it
	 * @param infrastructure tells failures that say nothing about records
	 * @param bounds how many records share a transaction, {@code null} for a poll
	 * @param clock measures how long they take
	 */
	GroupListener(Object original, GroupHandling<K, V> handling, Predicate<Throwable> infrastructure,
			FlowPolicy.@Nullable Group bounds, Clock clock) {
		this.original = original;
		this.handling = handling;
		this.infrastructure = infrastructure;
		this.sizes = ThreadLocal.withInitial(() -> new GroupSize(bounds));
		this.clock = clock;
	}

	static Object original(Object listener) {
		return (listener instanceof GroupListener<?, ?> ours) ? ours.original : listener;
	}

	@Override
	public void onMessage(List<ConsumerRecord<K, V>> records, @Nullable Acknowledgment acknowledgment,
			@Nullable Consumer<?, ?> consumer) {
		if (records.isEmpty() || consumer == null) {
			return;
		}
		HandlingTime time = this.handling.binding().time();
		time.polling();
		time.handling();
		GroupSize size = this.sizes.get();
		Isolation isolation = new Isolation((from, to) -> {
			attempt(records.subList(from, to), consumer, size);
			time.handled();
		}, this.infrastructure, size::now);
		ConsumerRecord<K, V> first = records.get(0);
		try {
			isolation.run(records.size(),
					this.handling.binding()
						.failures()
						.knows(new TopicPartition(first.topic(), first.partition()), first.offset()));
		}
		catch (Isolation.Stopped ex) {
			throw UnappliedRecordException.of(records.get(ex.index()), Objects.requireNonNull(ex.getCause()));
		}
	}

	private void attempt(List<ConsumerRecord<K, V>> records, Consumer<?, ?> consumer, GroupSize size) throws Throwable {
		if (records.size() == 1) {
			this.handling.alone(records.get(0), consumer);
			return;
		}
		Instant start = this.clock.instant();
		try {
			this.handling.together(records, consumer);
		}
		catch (Throwable ex) {
			if (this.infrastructure.test(ex)) {
				size.failed(records.size());
			}
			throw ex;
		}
		size.applied(records.size(), Duration.between(start, this.clock.instant()));
	}

	@Override
	public void registerSeekCallback(ConsumerSeekCallback callback) {
		if (this.original instanceof ConsumerSeekAware seeking) {
			seeking.registerSeekCallback(callback);
		}
	}

	@Override
	public void onPartitionsAssigned(Map<TopicPartition, Long> assignments, ConsumerSeekCallback callback) {
		if (this.original instanceof ConsumerSeekAware seeking) {
			seeking.onPartitionsAssigned(assignments, callback);
		}
	}

	@Override
	public void onPartitionsRevoked(@Nullable Collection<TopicPartition> partitions) {
		if (this.original instanceof ConsumerSeekAware seeking) {
			seeking.onPartitionsRevoked(partitions);
		}
	}

	@Override
	public void onIdleContainer(Map<TopicPartition, Long> assignments, ConsumerSeekCallback callback) {
		if (this.original instanceof ConsumerSeekAware seeking) {
			seeking.onIdleContainer(assignments, callback);
		}
	}

	@Override
	public void onFirstPoll() {
		if (this.original instanceof ConsumerSeekAware seeking) {
			seeking.onFirstPoll();
		}
	}

	@Override
	public void unregisterSeekCallback() {
		if (this.original instanceof ConsumerSeekAware seeking) {
			seeking.unregisterSeekCallback();
		}
	}

}
