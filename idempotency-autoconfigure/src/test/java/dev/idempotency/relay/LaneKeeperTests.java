// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.idempotency.outbox.Lanes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LaneKeeperTests {

	private static final Duration TTL = Duration.ofSeconds(10);

	private final HandTime time = new HandTime();

	private final FakeStore store = new FakeStore(this.time::now);

	private final LaneTable lanes = new LaneTable(this.time::now);

	private final List<RelayEvent> events = new ArrayList<>();

	private final AtomicInteger gains = new AtomicInteger();

	@Test
	void loneNodeTakesEveryLane() {
		long next = keeper("a", this.store, this.lanes).round();
		assertThat(this.lanes.leases()).hasSize(Lanes.COUNT);
		assertThat(this.events).containsExactly(new RelayEvent.LanesChanged(Lanes.COUNT, Lanes.COUNT, 0));
		assertThat(this.gains).hasValue(1);
		assertThat(next).isEqualTo(TTL.toNanos() / 3);
	}

	@Test
	void secondNodeGetsItsShare() {
		LaneTable others = new LaneTable(this.time::now);
		LaneKeeper first = keeper("a", this.store, this.lanes);
		LaneKeeper second = keeper("b", this.store, others);
		first.round();
		assertThat(second.round()).as("looks again soon").isEqualTo(TTL.toNanos() / 20);
		assertThat(others.leases()).isEmpty();
		first.round();
		second.round();
		assertThat(others.leases()).hasSizeBetween(16, 48);
		assertThat(this.lanes.leases().size() + others.leases().size()).isEqualTo(Lanes.COUNT);
	}

	@Test
	void takesOverWhatADeadNodeLeft() {
		LaneTable others = new LaneTable(this.time::now);
		LaneKeeper second = keeper("b", this.store, others);
		keeper("a", this.store, this.lanes).round();
		second.round();
		this.time.pass(TTL);
		second.round();
		assertThat(others.leases()).hasSize(Lanes.COUNT);
	}

	@Test
	void leaseOfAFrozenNodeIsOverHereBeforeItIsOverThere() {
		keeper("a", this.store, this.lanes).round();
		this.time.pass(TTL.multipliedBy(4).dividedBy(5));
		assertThat(this.lanes.borrow()).isEmpty();
		assertThat(this.store.mayUse("a", 1)).isTrue();
	}

	@Test
	void timeOfALeaseCountsFromBeforeTheStoreWasAsked() {
		FakeStore slow = new FakeStore(this.time::now) {
			@Override
			public List<Lease> renew(String node, Collection<Lease> leases, Duration ttl) {
				List<Lease> kept = super.renew(node, leases, ttl);
				LaneKeeperTests.this.time.pass(Duration.ofSeconds(5));
				return kept;
			}
		};
		LaneKeeper keeper = keeper("a", slow, this.lanes);
		keeper.round();
		keeper.round();
		this.time.pass(Duration.ofSeconds(3));
		assertThat(this.lanes.borrow()).isEmpty();
	}

	@Test
	void tellsOfLostLanes() {
		LaneKeeper keeper = keeper("a", this.store, this.lanes);
		keeper.round();
		this.time.pass(TTL);
		this.store.acquire("thief", List.of(1, 2), TTL);
		this.events.clear();
		keeper.round();
		assertThat(this.events).contains(new RelayEvent.LanesChanged(Lanes.COUNT - 2, 0, 2));
	}

	@Test
	void winsALaneAgainWhoseAnswerWasLost() {
		this.store.acquire("a", List.of(1, 2, 3), TTL);
		keeper("a", this.store, this.lanes).round();
		assertThat(this.lanes.leases()).hasSize(Lanes.COUNT);
	}

	@Test
	void doesNothingWhileNobodySeemsAlive() {
		List<String> calls = new ArrayList<>();
		FakeStore blind = new FakeStore(this.time::now) {
			@Override
			public Set<String> beat(String node, Duration ttl) {
				calls.add("beat");
				return Set.of();
			}

			@Override
			public List<Lease> acquire(String node, Collection<Integer> wanted, Duration ttl) {
				calls.add("acquire");
				return super.acquire(node, wanted, ttl);
			}

			@Override
			public List<Lease> renew(String node, Collection<Lease> leases, Duration ttl) {
				calls.add("renew");
				return super.renew(node, leases, ttl);
			}

			@Override
			public void release(String node, Collection<Lease> leases) {
				calls.add("release");
			}
		};
		LaneKeeper keeper = keeper("a", blind, this.lanes);
		this.lanes.hold(blind.acquire("a", List.of(5), TTL), TTL.toNanos());
		calls.clear();
		keeper.round();
		assertThat(calls).as("owners before nodes").containsExactly("renew", "beat");
		assertThat(this.lanes.leases()).hasSize(1);
	}

	@Test
	void survivesAnOutageOfTheStore() {
		AtomicInteger failures = new AtomicInteger(3);
		FakeStore down = new FakeStore(this.time::now) {
			@Override
			public Set<String> beat(String node, Duration ttl) {
				if (failures.getAndDecrement() > 0) {
					throw new IllegalStateException("away");
				}
				return super.beat(node, ttl);
			}
		};
		LaneKeeper keeper = keeper("a", down, this.lanes);
		for (int i = 0; i < 3; i++) {
			assertThat(keeper.round()).isEqualTo(TTL.toNanos() / 20);
		}
		keeper.round();
		assertThat(this.lanes.leases()).hasSize(Lanes.COUNT);
	}

	@Test
	void givesEverythingBackWhenItResigns() {
		LaneKeeper keeper = keeper("a", this.store, this.lanes);
		keeper.round();
		keeper.resign();
		keeper.run();
		assertThat(this.store.leasesOf("a")).isZero();
		assertThat(this.events).endsWith(new RelayEvent.LanesChanged(0, 0, 0));
		assertThat(this.store.beat("b", TTL)).containsExactly("b");
	}

	private LaneKeeper keeper(String node, LaneStore store, LaneTable lanes) {
		return new LaneKeeper(node, store, TTL, lanes, this.events::add, this.gains::incrementAndGet,
				this.time.timing());
	}

}
