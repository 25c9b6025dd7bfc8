// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.relay.LaneStore;
import dev.idempotency.relay.Lease;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every store of lanes keeps to.
 */
abstract class AbstractLaneStoreContract extends AbstractStoreContract {

	private static final List<Integer> ALL = IntStream.range(0, Lanes.COUNT).boxed().toList();

	private LaneStore store;

	@BeforeEach
	void create() {
		this.store = new JdbcLaneStore(this.database.dataSource(), this.database.dialect());
	}

	@Test
	void freeLanesAreWonAndHeldOnesStay() {
		List<Lease> first = this.store.acquire("one", List.of(1, 2, 3), LONG);
		assertThat(first).extracting(Lease::lane).containsExactly(1, 2, 3);
		assertThat(this.store.acquire("two", List.of(2, 3, 4), LONG)).extracting(Lease::lane).containsExactly(4);
		assertThat(this.store.acquire("two", List.of(), LONG)).isEmpty();
		assertThat(this.store.renew("one", first, LONG)).isEqualTo(first);
	}

	@Test
	void anOwnLaneIsWonAgainWithANewEpoch() {
		Lease first = this.store.acquire("one", List.of(1), LONG).get(0);
		Lease second = this.store.acquire("one", List.of(1), LONG).get(0);
		assertThat(second.epoch()).isGreaterThan(first.epoch());
		assertThat(this.store.renew("one", List.of(first), LONG)).isEmpty();
		assertThat(this.store.renew("one", List.of(second), LONG)).containsExactly(second);
	}

	@Test
	void aLaneWhoseLeaseRanOutIsTakenOverWithANewEpoch() {
		Lease old = this.store.acquire("one", List.of(7), OVER).get(0);
		Lease taken = this.store.acquire("two", List.of(7), LONG).get(0);
		assertThat(taken.epoch()).isGreaterThan(old.epoch());
		assertThat(this.store.renew("one", List.of(old), LONG)).isEmpty();
		this.store.release("one", List.of(old));
		assertThat(this.store.renew("two", List.of(taken), LONG)).containsExactly(taken);
	}

	@Test
	void anOldEpochOfTheSameOwnerRenewsNothing() {
		Lease old = this.store.acquire("one", List.of(7), LONG).get(0);
		this.store.acquire("one", List.of(7), OVER);
		assertThat(this.store.renew("one", List.of(old), LONG)).isEmpty();
		assertThat(this.store.acquire("two", List.of(7), LONG)).hasSize(1);
	}

	@Test
	void aLeaseThatRanOutAndNobodyTookMayBeProlonged() {
		List<Lease> leases = this.store.acquire("one", List.of(7), OVER);
		assertThat(this.store.renew("one", leases, LONG)).isEqualTo(leases);
		assertThat(this.store.acquire("two", List.of(7), LONG)).isEmpty();
	}

	@Test
	void whatWasReleasedIsFreeAtOnce() {
		List<Lease> leases = this.store.acquire("one", List.of(1, 2), LONG);
		this.store.release("one", leases.subList(0, 1));
		assertThat(this.store.renew("one", leases, LONG)).isEqualTo(leases.subList(1, 2));
		List<Lease> next = this.store.acquire("two", List.of(1, 2), LONG);
		assertThat(next).extracting(Lease::lane).containsExactly(1);
		assertThat(next.get(0).epoch()).isGreaterThan(leases.get(0).epoch());
	}

	@Test
	void ofManyNodesOneWinsEachLane() throws Exception {
		List<List<Lease>> won = together(6, () -> this.store.acquire(Thread.currentThread().getName(), ALL, LONG));
		assertThat(won.stream().flatMap(List::stream).map(Lease::lane)).containsExactlyInAnyOrderElementsOf(ALL);
	}

	@Test
	void nobodyWaitsForAChangeOfAnotherNode() throws Exception {
		List<Lease> ofOne = this.store.acquire("one", ALL.subList(0, Lanes.COUNT / 2), LONG);
		List<Lease> ofTwo = this.store.acquire("two", ALL.subList(Lanes.COUNT / 2, Lanes.COUNT), LONG);
		this.database.inTransaction(() -> {
			LaneSql.lockHeld(this.database.jdbc(), this.database.dialect(), LaneLock.SINGLE, "one", ofOne);
			return together(1, () -> {
				assertThat(this.store.renew("two", ofTwo, LONG)).isEqualTo(ofTwo);
				this.store.release("two", ofTwo);
				return assertThat(this.store.acquire("two", ALL, LONG)).hasSameSizeAs(ofTwo);
			});
		});
	}

	@Test
	void whoBeatsIsAliveUntilItLeavesOrIsSilent() {
		assertThat(this.store.beat("one", LONG)).isEqualTo(Set.of("one"));
		assertThat(this.store.beat("two", LONG)).isEqualTo(Set.of("one", "two"));
		assertThat(this.store.beat("three", OVER)).isEqualTo(Set.of("three"));
		this.store.beat("one", LONG);
		this.store.leave("one");
		assertThat(this.store.beat("two", LONG)).doesNotContain("one");
	}

	@Test
	void nodesLongSilentAreForgotten() {
		this.store.beat("one", LONG);
		this.store.beat("two", OVER);
		assertThat(this.database.count("idempotency_node")).isEqualTo(1);
	}

	@Test
	void beatsAtTheSameMomentDisturbNobody() throws Exception {
		assertThat(together(6, () -> this.store.beat("same", LONG))).containsOnly(Set.of("same"));
	}

	@Test
	void noCallJoinsTheCallersTransaction() {
		aloneInACallersTransaction(() -> this.store.acquire("one", List.of(5), LONG));
		assertThat(this.store.acquire("two", List.of(5), LONG)).isEmpty();
	}

}
