// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import dev.idempotency.delivery.StoreWatch;
import org.apache.kafka.common.TopicPartition;

import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.scheduling.TaskScheduler;

/**
 * Pauses a partition for a while, and the others of its container until the database
 * answers: their records could only fail. The consumer keeps polling, so its group does
 * not move.
 */
final class StoreAwarePauses extends ListenerContainerPauseService {

	private final TaskScheduler scheduler;

	private final StoreWatch store;

	private final Clock clock;

	private final Map<Held, Integer> failed = new ConcurrentHashMap<>();

	StoreAwarePauses(TaskScheduler scheduler, StoreWatch store, Clock clock) {
		super(null, scheduler);
		this.scheduler = scheduler;
		this.store = store;
		this.clock = clock;
	}

	@Override
	public void pausePartition(MessageListenerContainer container, TopicPartition partition, Duration pause) {
		String flow = Objects.requireNonNullElse(container.getListenerId(), "unnamed");
		Held held = new Held(container, partition);
		this.failed.merge(held, 1, Integer::sum);
		List<TopicPartition> others = others(container, partition);
		container.pausePartition(partition);
		this.scheduler.schedule(() -> this.store.whenBack(flow, () -> goOn(held)), this.clock.instant().plus(pause));
		if (!others.isEmpty()) {
			others.forEach(container::pausePartition);
			this.store.whenBack(flow,
					() -> others.stream()
						.filter((each) -> !this.failed.containsKey(new Held(container, each)))
						.forEach(container::resumePartition));
		}
	}

	private List<TopicPartition> others(MessageListenerContainer container, TopicPartition partition) {
		Collection<TopicPartition> assigned = container.getAssignedPartitions();
		return (assigned == null || !this.store.isAway()) ? List.of()
				: assigned.stream()
					.filter((each) -> !each.equals(partition) && !container.isPartitionPauseRequested(each))
					.toList();
	}

	private void goOn(Held held) {
		if (this.failed.computeIfPresent(held, (it, pauses) -> (pauses > 1) ? pauses - 1 : null) == null) {
			held.container().resumePartition(held.partition());
		}
	}

	/**
	 * A partition that has a pause of its own.
	 */
	private record Held(MessageListenerContainer container, TopicPartition partition) {
	}

}
