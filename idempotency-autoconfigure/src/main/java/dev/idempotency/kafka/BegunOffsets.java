// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.idempotency.delivery.DeliveryAccount;
import dev.idempotency.delivery.NotAcknowledgedException;
import dev.idempotency.effect.EffectEvent.Loss;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.listener.ContainerProperties;

/**
 * Commits the offsets of records before they are handled, with a mark that says so in the
 * metadata of the commit. The container's own commit, after they were handled, has no
 * mark. So whoever gets a partition next sees in its offset whether the last records of
 * its former owner came to an end: an audit trail that costs nothing and outlives the
 * process.
 */
final class BegunOffsets implements PartitionWatch {

	static final String MARK = "idempotency begun ";

	private static final Logger logger = LoggerFactory.getLogger(BegunOffsets.class);

	private final String listener;

	private final DeliveryAccount account;

	private final ContainerProperties properties;

	private final Clock clock;

	/** Marks of this thread's consumer that no later commit has removed. */
	private final ThreadLocal<Map<TopicPartition, Long>> open = ThreadLocal.withInitial(HashMap::new);

	BegunOffsets(String listener, DeliveryAccount account, ContainerProperties properties, Clock clock) {
		this.listener = listener;
		this.account = account;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * Commits and waits for the answer.
	 * @param records of one poll, at least one, in their order
	 * @throws NotAcknowledgedException if they are not to be handled
	 */
	void commit(List<? extends ConsumerRecord<?, ?>> records, Consumer<?, ?> consumer) {
		Map<TopicPartition, Long> marks = this.open.get();
		Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
		marks.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
		Map<TopicPartition, Integer> counts = new HashMap<>();
		Map<TopicPartition, Long> begun = new HashMap<>();
		long now = this.clock.millis();
		for (ConsumerRecord<?, ?> record : records) {
			TopicPartition partition = new TopicPartition(record.topic(), record.partition());
			long next = record.offset() + 1;
			begun.put(partition, next);
			offsets.put(partition,
					new OffsetAndMetadata(next, MARK + counts.merge(partition, 1, Integer::sum) + " at " + now));
		}
		ConsumerRecord<?, ?> first = records.get(0);
		commit(consumer, offsets, () -> first.topic() + "-" + first.partition() + "@" + first.offset());
		marks.clear();
		marks.putAll(begun);
	}

	private void commit(Consumer<?, ?> consumer, Map<TopicPartition, OffsetAndMetadata> offsets,
			Supplier<String> position) {
		try {
			if (this.properties.getSyncCommitTimeout() != null) {
				consumer.commitSync(offsets, this.properties.getSyncCommitTimeout());
			}
			else {
				consumer.commitSync(offsets);
			}
		}
		catch (RuntimeException ex) {
			throw new NotAcknowledgedException(position.get(), ex);
		}
	}

	@Override
	public void assigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(partitions));
		committed.forEach((partition, offset) -> {
			if (offset != null && offset.metadata().startsWith(MARK)) {
				commit(consumer, Map.of(partition, new OffsetAndMetadata(offset.offset())), partition::toString);
				report(partition, offset.offset(), offset.metadata().substring(MARK.length()).split(" at ", 2));
			}
		});
	}

	private void report(TopicPartition partition, long offset, String[] mark) {
		logger.warn("Listener {} was given the last {} record(s) of {} before offset {} at {}, and nobody saw the end. "
				+ "They are not repeated", this.listener, mark[0], partition, offset, mark[1]);
		this.account.lost(Loss.UNFINISHED, Long.parseLong(mark[0]));
	}

	@Override
	public void revoked(Collection<TopicPartition> partitions) {
		this.open.get().keySet().removeAll(partitions);
	}

}
