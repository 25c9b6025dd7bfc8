// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.idempotency.delivery.Delivery;
import dev.idempotency.delivery.MessageIdentities;
import dev.idempotency.delivery.MessageIdentity;
import dev.idempotency.effect.InvalidIdentityException;
import dev.idempotency.effect.Position;
import dev.idempotency.flow.FlowPolicy;
import dev.idempotency.inbox.Progress;
import dev.idempotency.inbox.Stream;
import dev.idempotency.inbox.StreamKeeper;
import dev.idempotency.outbox.CloudEvents;
import dev.idempotency.outbox.StreamPosition;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the records of a listener their places, and takes the streams they are in.
 * <p>
 * A stream that cannot be taken now makes its records wait. They are never decided by
 * their ids instead: what one way knows the other does not.
 */
final class Places implements PartitionWatch {

	private static final Logger logger = LoggerFactory.getLogger(Places.class);

	/** Nobody owns it, so whatever is there is delivered again. */
	private static final Position NOT_NOW = new Position.Offset("unknown", -1, 0);

	private final String flow;

	private final InboxChoice choice;

	private final FlowPolicy.Identity identity;

	private final StreamKeeper keeper;

	private final Function<Collection<String>, Map<String, Uuid>> topics;

	private final ConcurrentMap<TopicPartition, Assigned> assigned = new ConcurrentHashMap<>();

	Places(String flow, InboxChoice choice, FlowPolicy.Identity identity, StreamKeeper keeper,
			Function<Collection<String>, Map<String, Uuid>> topics) {
		this.flow = flow;
		this.choice = choice;
		this.identity = identity;
		this.keeper = keeper;
		this.topics = topics;
	}

	/**
	 * Takes partitions over from whoever had them, and goes on where the database says,
	 * if that is further than the group's offset.
	 */
	@Override
	public void assigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
		revoked(partitions);
		if (partitions.isEmpty()) {
			return;
		}
		try {
			Map<String, Uuid> ids = this.topics
				.apply(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
			Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
			for (TopicPartition partition : partitions) {
				Assigned taken = take(partition, ids, consumer);
				taken.next = goOn(consumer, partition, committed.get(partition), taken.progress);
				this.assigned.put(partition, taken);
			}
		}
		catch (WakeupException | InterruptException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn("Partitions {} of flow {} could not be taken over yet", partitions, this.flow, ex);
		}
	}

	/**
	 * Only forward: between the position and an offset that is ahead of it lie records
	 * that were set aside, decided by their ids, or skipped by an operator. The leader
	 * epoch lets the client notice that the log was cut off before the position.
	 */
	private static long goOn(Consumer<?, ?> consumer, TopicPartition partition, @Nullable OffsetAndMetadata committed,
			Progress progress) {
		long offset = (committed != null) ? committed.offset() : 0;
		if (progress.position() <= offset || progress.epoch() < 0) {
			return offset;
		}
		logger.info("{} goes on at {} instead of {}, as the database says", partition, progress.position(), offset);
		consumer.seek(partition, new OffsetAndMetadata(progress.position(), Optional.of(progress.epoch()), ""));
		return progress.position();
	}

	private Assigned take(TopicPartition partition, Map<String, Uuid> ids, Consumer<?, ?> consumer) {
		Stream log = new Stream(this.flow,
				"kafka:" + partition.topic() + ":" + ids.get(partition.topic()) + ":" + partition.partition());
		return new Assigned(log, this.keeper.own(log, () -> end(consumer, partition)));
	}

	private static long end(Consumer<?, ?> consumer, TopicPartition partition) {
		return consumer.endOffsets(List.of(partition)).getOrDefault(partition, Long.MAX_VALUE);
	}

	/**
	 * Forgets partitions that somebody else has now.
	 */
	@Override
	public void revoked(Collection<TopicPartition> partitions) {
		for (TopicPartition partition : partitions) {
			Assigned gone = this.assigned.remove(partition);
			if (gone != null) {
				gone.forget(this.keeper);
			}
		}
	}

	/**
	 * The record with its place, if it has one.
	 */
	Delivery place(Delivery delivery, TopicPartition partition, long offset, int leaderEpoch, Consumer<?, ?> consumer) {
		Position.Sequence number = number(delivery);
		if (number == null && !isKnownByOffset(delivery)) {
			return delivery;
		}
		try {
			Assigned at = at(partition, offset, consumer);
			if (offset < at.progress.since()) {
				return delivery;
			}
			if (number == null) {
				return delivery.at(new Position.Offset(at.log.name(), leaderEpoch, offset));
			}
			Stream stream = own(at, number);
			if (delivery.isReplay()) {
				this.keeper.pass(stream, number);
				return delivery;
			}
			return delivery.at(number);
		}
		catch (WakeupException | InterruptException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn("{}@{} of flow {} waits until its stream is taken", partition, offset, this.flow, ex);
			return delivery.at(NOT_NOW);
		}
	}

	/**
	 * Accounts for a record that does not reach the listener: its number is not missing.
	 * A heartbeat has none; it says which comes next.
	 */
	void skip(Delivery delivery, TopicPartition partition, long offset, Consumer<?, ?> consumer) {
		boolean heartbeat = delivery.isHeartbeat();
		Position.Sequence number = heartbeat ? number(delivery, StreamPosition.next(delivery.attributes()))
				: number(delivery);
		if (number == null) {
			return;
		}
		try {
			Assigned at = at(partition, offset, consumer);
			if (offset >= at.progress.since() && heartbeat) {
				this.keeper.heard(own(at, number), number.sequence());
			}
			else if (offset >= at.progress.since()) {
				this.keeper.pass(own(at, number), number);
			}
		}
		catch (WakeupException | InterruptException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn("{}@{} was passed over by flow {} and could not be accounted for; it may be reported missing",
					partition, offset, this.flow, ex);
		}
	}

	private Stream own(Assigned at, Position.Sequence number) {
		Stream stream = new Stream(this.flow, number.stream());
		this.keeper.own(stream, () -> 0);
		at.numbered.add(stream);
		return stream;
	}

	/**
	 * A consumer sees offsets grow. Where they do not, the topic may be another one.
	 */
	private Assigned at(TopicPartition partition, long offset, Consumer<?, ?> consumer) {
		Assigned known = this.assigned.get(partition);
		if (known != null && offset < known.next) {
			revoked(List.of(partition));
			known = null;
		}
		if (known == null) {
			known = take(partition, this.topics.apply(Set.of(partition.topic())), consumer);
			this.assigned.put(partition, known);
		}
		else {
			known.progress = this.keeper.own(known.log, () -> end(consumer, partition));
		}
		known.next = offset;
		return known;
	}

	private Position.@Nullable Sequence number(Delivery delivery) {
		return number(delivery, StreamPosition.from(delivery.attributes()));
	}

	private Position.@Nullable Sequence number(Delivery delivery, @Nullable StreamPosition place) {
		StreamPosition found = this.choice.sequences() ? place : null;
		String source = delivery.attributes().get(CloudEvents.SOURCE);
		return (found != null && source != null && delivery.attributes().containsKey(CloudEvents.ID))
				? Position.Sequence.of(source, found.stream(), found.epoch(), found.sequence()) : null;
	}

	private boolean isKnownByOffset(Delivery delivery) {
		if (!this.choice.offsets() || delivery.isReplay()) {
			return false;
		}
		try {
			return MessageIdentities.of(delivery, this.identity).kind() == MessageIdentity.Kind.POSITION;
		}
		catch (InvalidIdentityException ex) {
			return false;
		}
	}

	/**
	 * A partition this process consumes.
	 */
	private static final class Assigned {

		private final Stream log;

		private final Set<Stream> numbered = ConcurrentHashMap.newKeySet();

		private volatile Progress progress;

		private volatile long next;

		private Assigned(Stream log, Progress progress) {
			this.log = log;
			this.progress = progress;
		}

		private void forget(StreamKeeper keeper) {
			keeper.forget(this.log);
			this.numbered.forEach(keeper::forget);
		}

	}

}
