// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScoutTests {

	private final HandTime time = new HandTime();

	private final List<Thread> threads = new ArrayList<>();

	private final List<RelayEvent> events = new ArrayList<>();

	private final AtomicInteger polls = new AtomicInteger();

	private boolean down;

	private final FakeStore store = new FakeStore(this.time::now) {
		@Override
		public List<String> destinations() {
			ScoutTests.this.polls.incrementAndGet();
			if (ScoutTests.this.down) {
				throw new IllegalStateException("away");
			}
			return super.destinations();
		}
	};

	private final PumpParts parts = new PumpParts(this.store, null, new LaneTable(this.time::now),
			new Transports(List.of()), RelaySettings.defaults(), this.events::add, this.time.timing(),
			new Shutdown(this.time::now), () -> {
			}, Runnable::run);

	private final Pumps pumps = new Pumps(this.parts, new Crew((work) -> {
		Thread thread = new Thread(() -> {
		});
		this.threads.add(thread);
		return thread;
	}, this.time.timing()));

	private final Scout scout = new Scout(this.parts, this.pumps);

	@Test
	void pollsLessAndLessOftenWhileNothingIsFound() {
		List<Long> pauses = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			long pause = this.scout.runOnce();
			pauses.add(Duration.ofNanos(pause).toMillis());
			this.time.pass(Duration.ofNanos(pause));
		}
		assertThat(pauses).containsExactly(50L, 100L, 200L, 400L, 800L, 1000L, 1000L, 1000L);
		this.pumps.pollFound();
		assertThat(this.scout.runOnce()).isEqualTo(Duration.ofMillis(25).toNanos());
	}

	@Test
	void pollsAtOnceWhenWoken() {
		this.scout.runOnce();
		this.scout.runOnce();
		assertThat(this.polls).hasValue(1);
		this.scout.wake();
		this.scout.runOnce();
		assertThat(this.polls).hasValue(2);
	}

	@Test
	void servesWhatItFindsOnce() {
		write("fake:a");
		write("fake:b");
		this.scout.runOnce();
		this.scout.wake();
		this.scout.runOnce();
		assertThat(this.threads).extracting(Thread::getName)
			.containsExactly("idempotency-relay-fake:a", "idempotency-relay-fake:b");
	}

	@Test
	void servesWhatItIsToldWithoutAPoll() {
		this.scout.runOnce();
		this.scout.tell("fake:new");
		this.scout.runOnce();
		assertThat(this.polls).hasValue(1);
		assertThat(this.threads).hasSize(1);
	}

	@Test
	void looksAtTheBacklogUntilItIsGone() {
		write("fake:a");
		this.scout.runOnce();
		assertThat(this.events).containsExactly(observed("fake:a", 1));
		this.scout.runOnce();
		assertThat(this.events).hasSize(1);
		assertThat(this.pumps.status().get(0).backlog()).isEqualTo(new RelayStore.Backlog(1, Duration.ZERO));
		this.store.waiting.clear();
		for (int i = 0; i < 3; i++) {
			this.time.pass(Duration.ofSeconds(5));
			this.scout.runOnce();
		}
		assertThat(this.events).containsExactly(observed("fake:a", 1), observed("fake:a", 0));
	}

	@Test
	void survivesAnOutageAndPollsAtOnceAfterIt() {
		this.down = true;
		assertThat(this.scout.runOnce()).isEqualTo(Duration.ofMillis(100).toNanos());
		assertThat(this.scout.runOnce()).isEqualTo(Duration.ofMillis(200).toNanos());
		this.down = false;
		write("fake:a");
		this.scout.runOnce();
		assertThat(this.threads).hasSize(1);
	}

	private void write(String destination) {
		this.store.commit(this.store.insert(Messages.message(destination, "k", "m")));
	}

	private static RelayEvent observed(String destination, int depth) {
		return new RelayEvent.Observed(destination, new RelayStore.Backlog(depth, Duration.ZERO));
	}

}
