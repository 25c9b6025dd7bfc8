// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.idempotency.delivery.StoreWatch;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.scheduling.TaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

class StoreAwarePausesTests {

	private static final TopicPartition ZERO = new TopicPartition("orders", 0);

	private static final TopicPartition ONE = new TopicPartition("orders", 1);

	private static final TopicPartition TWO = new TopicPartition("orders", 2);

	private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

	private final MessageListenerContainer container = mock();

	private final TaskScheduler scheduler = mock();

	private final Set<TopicPartition> paused = new HashSet<>();

	private final List<Runnable> due = new ArrayList<>();

	private boolean answers = true;

	private final StoreWatch store = new StoreWatch(() -> this.answers, CLOCK, () -> 0);

	private final StoreAwarePauses pauses = new StoreAwarePauses(this.scheduler, this.store, CLOCK);

	@BeforeEach
	void listen() {
		given(this.container.getAssignedPartitions()).willReturn(List.of(ZERO, ONE, TWO));
		given(this.container.isPartitionPauseRequested(any()))
			.willAnswer((call) -> this.paused.contains(call.<TopicPartition>getArgument(0)));
		willAnswer((call) -> this.paused.add(call.getArgument(0))).given(this.container).pausePartition(any());
		willAnswer((call) -> this.paused.remove(call.<TopicPartition>getArgument(0))).given(this.container)
			.resumePartition(any());
		given(this.scheduler.schedule(any(), any(Instant.class))).willAnswer((call) -> {
			this.due.add(call.getArgument(0));
			return null;
		});
	}

	@Test
	void onlyWhatFailedIsPausedWhileNothingSpeaksAgainstTheDatabase() {
		fail(ZERO);
		assertThat(this.paused).containsExactly(ZERO);
		this.due.remove(0).run();
		assertThat(this.paused).isEmpty();
	}

	@Test
	void otherPartitionsGoOnAsSoonAsTheDatabaseAnswers() {
		this.store.suspect();
		fail(ZERO);
		assertThat(this.paused).containsExactlyInAnyOrder(ZERO, ONE, TWO);
		this.store.look();
		assertThat(this.paused).containsExactly(ZERO);
		this.due.remove(0).run();
		assertThat(this.paused).isEmpty();
	}

	@Test
	void nobodyGoesOnWhileTheDatabaseIsAway() {
		this.answers = false;
		this.store.suspect();
		fail(ZERO);
		this.store.look();
		this.due.remove(0).run();
		assertThat(this.paused).containsExactlyInAnyOrder(ZERO, ONE, TWO);
	}

	@Test
	void pauseOfAPartitionThatFailedItselfIsNotCutShortByAnother() {
		this.store.suspect();
		fail(ZERO);
		fail(ONE);
		this.store.look();
		assertThat(this.paused).containsExactlyInAnyOrder(ZERO, ONE);
		this.due.remove(0).run();
		assertThat(this.paused).containsExactly(ONE);
	}

	@Test
	void laterOfTwoPausesCounts() {
		fail(ZERO);
		fail(ZERO);
		this.due.remove(0).run();
		assertThat(this.paused).containsExactly(ZERO);
		this.due.remove(0).run();
		assertThat(this.paused).isEmpty();
	}

	@Test
	void whatTheApplicationPausedStaysSo() {
		this.paused.add(TWO);
		this.store.suspect();
		fail(ZERO);
		this.store.look();
		assertThat(this.paused).containsExactlyInAnyOrder(ZERO, TWO);
	}

	private void fail(TopicPartition partition) {
		this.pauses.pausePartition(this.container, partition, Duration.ofSeconds(30));
	}

}
