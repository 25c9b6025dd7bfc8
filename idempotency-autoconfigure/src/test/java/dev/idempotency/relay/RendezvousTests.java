// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.idempotency.outbox.Lanes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RendezvousTests {

	@Test
	void everyLaneHasExactlyOneOwner() {
		List<String> nodes = List.of("a", "b", "c");
		Set<Integer> all = new TreeSet<>();
		int sum = 0;
		for (String node : nodes) {
			Set<Integer> lanes = Rendezvous.lanesOf(node, nodes);
			sum += lanes.size();
			all.addAll(lanes);
			assertThat(lanes).hasSizeBetween(10, 36);
		}
		assertThat(sum).isEqualTo(Lanes.COUNT);
		assertThat(all).hasSize(Lanes.COUNT);
	}

	@Test
	void aNodeThatGoesMovesOnlyItsOwnLanes() {
		Set<Integer> before = Rendezvous.lanesOf("a", List.of("a", "b", "c"));
		assertThat(Rendezvous.lanesOf("a", List.of("a", "b"))).containsAll(before);
	}

	@Test
	void orderOfTheListDoesNotMatter() {
		assertThat(Rendezvous.lanesOf("a", List.of("c", "a", "b")))
			.isEqualTo(Rendezvous.lanesOf("a", List.of("a", "b", "c")));
	}

	@Test
	void aNodeThatIsNotAliveHasNoLane() {
		assertThat(Rendezvous.lanesOf("a", List.of("b"))).isEmpty();
		assertThat(Rendezvous.lanesOf("a", List.of())).isEmpty();
	}

}
