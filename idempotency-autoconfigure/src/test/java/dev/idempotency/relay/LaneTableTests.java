// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LaneTableTests {

	private static final Lease ONE = new Lease(1, 7);

	private static final Lease TWO = new Lease(2, 3);

	private final HandTime time = new HandTime();

	private final LaneTable lanes = new LaneTable(this.time::now);

	@BeforeEach
	void hold() {
		this.lanes.hold(List.of(ONE, TWO), Duration.ofSeconds(8).toNanos());
	}

	@Test
	void leaseIsOfNoUseOnceItsTimeIsOver() {
		assertThat(this.lanes.maySend(ONE)).isTrue();
		this.time.pass(Duration.ofSeconds(8));
		assertThat(this.lanes.maySend(ONE)).isFalse();
		assertThat(this.lanes.borrow()).isEmpty();
	}

	@Test
	void leaseOfAnotherEpochIsOfNoUse() {
		assertThat(this.lanes.maySend(new Lease(1, 6))).isFalse();
		assertThat(this.lanes.maySend(new Lease(3, 7))).isFalse();
	}

	@Test
	void renewedLeaseServesOnAndALostOneDoesNot() {
		this.time.pass(Duration.ofSeconds(8));
		int lost = this.lanes.renew(List.of(ONE, TWO), List.of(TWO), Duration.ofSeconds(16).toNanos());
		assertThat(lost).isOne();
		assertThat(this.lanes.borrow()).containsExactly(TWO);
		assertThat(this.lanes.maySend(ONE)).isFalse();
	}

	@Test
	void leaseInUseIsHandedOverOnlyWhenGivenBack() {
		List<Lease> used = this.lanes.borrow();
		assertThat(this.lanes.keepOnly(Set.of(2))).isEmpty();
		assertThat(this.lanes.maySend(ONE)).isFalse();
		assertThat(this.lanes.borrow()).containsExactly(TWO);
		assertThat(this.lanes.giveBack(used)).isTrue();
		assertThat(this.lanes.keepOnly(Set.of(2))).containsExactly(ONE);
		assertThat(this.lanes.leases()).containsExactly(TWO);
	}

	@Test
	void whoUsesALeaseLearnsThatItIsToBeHandedOver() {
		List<Lease> used = this.lanes.borrow();
		assertThat(this.lanes.resigns(used)).isFalse();
		this.lanes.keepOnly(Set.of(2));
		assertThat(this.lanes.resigns(used)).isTrue();
		assertThat(this.lanes.resigns(List.of(TWO))).isFalse();
		assertThat(this.lanes.resigns(List.of(new Lease(1, 6)))).isFalse();
	}

	@Test
	void leaseUsedTwiceIsFreeWhenBothGaveItBack() {
		List<Lease> first = this.lanes.borrow();
		List<Lease> second = this.lanes.borrow();
		this.lanes.giveBack(first);
		assertThat(this.lanes.keepOnly(Set.of())).isEmpty();
		this.lanes.giveBack(second);
		assertThat(this.lanes.keepOnly(Set.of())).containsExactly(ONE, TWO);
	}

	@Test
	void laneWantedAgainIsNotHandedOver() {
		this.lanes.borrow();
		this.lanes.keepOnly(Set.of(2));
		this.lanes.keepOnly(Set.of(1, 2));
		assertThat(this.lanes.resigning()).isFalse();
		assertThat(this.lanes.maySend(ONE)).isTrue();
	}

	@Test
	void suspendedLeaseServesAgainOnceRenewed() {
		this.lanes.suspend(List.of(ONE));
		assertThat(this.lanes.borrow()).containsExactly(TWO);
		this.lanes.renew(List.of(ONE, TWO), List.of(ONE, TWO), Duration.ofSeconds(16).toNanos());
		assertThat(this.lanes.borrow()).containsExactly(ONE, TWO);
	}

	@Test
	void nothingMayBeSentOnceClosed() {
		this.lanes.close();
		assertThat(this.lanes.maySend(ONE)).isFalse();
		assertThat(this.lanes.borrow()).isEmpty();
		assertThat(this.lanes.clear()).containsExactly(ONE, TWO);
	}

}
