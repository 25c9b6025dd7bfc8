// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

import dev.idempotency.delivery.StoreWatch;
import org.apache.kafka.common.TopicPartition;

import org.springframework.kafka.listener.ListenerContainerPauseService;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.scheduling.TaskScheduler;

/**
 * Pauses partitions for a while, and while the database is away all of a container's:
 * their records could only fail. The consumer keeps polling, so its group does not move.
 */
final class StoreAwarePauses extends ListenerContainerPauseService {

	private final TaskScheduler scheduler;

	private final StoreWatch store;

	private final Clock clock;

	StoreAwarePauses(TaskScheduler scheduler, StoreWatch store, Clock clock) {
		super(null, scheduler);
		this.scheduler = scheduler;
		this.store = store;
		this.clock = clock;
	}

	@Override
	public void pausePartition(MessageListenerContainer container, TopicPartition partition, Duration pause) {
		Set<TopicPartition> paused = new LinkedHashSet<>();
		paused.add(partition);
		Collection<TopicPartition> assigned = container.getAssignedPartitions();
		if (this.store.isAway() && assigned != null) {
			assigned.stream().filter((each) -> !container.isPartitionPauseRequested(each)).forEach(paused::add);
		}
		paused.forEach(container::pausePartition);
		String flow = Objects.requireNonNullElse(container.getListenerId(), "unnamed");
		this.scheduler.schedule(() -> this.store.whenBack(flow, () -> paused.forEach(container::resumePartition)),
				this.clock.instant().plus(pause));
	}

}
