// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SettlementTests {

	private final List<String> calls = new ArrayList<>();

	private final List<RelayEvent> events = new ArrayList<>();

	private String failing = "";

	private String fenced = "";

	private final FakeStore store = new FakeStore(() -> 0) {

		@Override
		public boolean settle(Batch batch, Collection<Long> confirmed) {
			return call("settle " + confirmed);
		}

		@Override
		public boolean refused(Lease lease, OutboxRecord message, String reason) {
			return call("refused " + message.position() + " " + reason);
		}

		@Override
		public boolean park(Lease lease, OutboxRecord message, String reason, boolean haltKey) {
			return call("park " + message.position() + " " + haltKey);
		}

		@Override
		public Optional<List<OutboxRecord>> parkBehind(Batch batch, List<OutboxRecord> messages, String reason) {
			return call("behind " + messages.stream().map(OutboxRecord::position).toList())
					? Optional.of(messages.subList(0, 1)) : Optional.empty();
		}

		private boolean call(String call) {
			SettlementTests.this.calls.add(call);
			if (call.startsWith(SettlementTests.this.failing) && !SettlementTests.this.failing.isEmpty()) {
				throw new IllegalStateException("away");
			}
			return !call.startsWith(SettlementTests.this.fenced) || SettlementTests.this.fenced.isEmpty();
		}

	};

	@Test
	void settlesThenParksThenCountsRefusals() {
		Settlement settlement = settlement();
		assertThat(settlement.apply()).isTrue();
		assertThat(this.calls).containsExactly("settle [1]", "behind [2, 5]", "refused 3 IllegalArgumentException: big",
				"park 4 true");
		assertThat(settlement.moved()).isEqualTo(4);
		assertThat(settlement.left()).isZero();
	}

	@Test
	void goesOnWhereTheStoreFailed() {
		Settlement settlement = settlement();
		this.failing = "refused";
		assertThatIllegalStateException().isThrownBy(settlement::apply);
		this.failing = "";
		this.calls.clear();
		assertThat(settlement.apply()).isTrue();
		assertThat(this.calls).containsExactly("refused 3 IllegalArgumentException: big", "park 4 true");
		assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
			.containsExactly("Published", "Parked", "Refused", "Refused", "Parked");
	}

	@Test
	void doesNothingMoreOnceFenced() {
		this.fenced = "settle";
		Settlement settlement = settlement();
		assertThat(settlement.apply()).isFalse();
		assertThat(this.calls).containsExactly("settle [1]");
		assertThat(this.events).isEmpty();
		assertThat(settlement.left()).isEqualTo(5);
	}

	@Test
	void doesNothingMoreOnceFencedWhileParking() {
		this.fenced = "behind";
		Settlement settlement = settlement();
		assertThat(settlement.apply()).isFalse();
		assertThat(this.calls).containsExactly("settle [1]", "behind [2, 5]");
		assertThat(settlement.left()).isEqualTo(4);
	}

	private Settlement settlement() {
		OutboxRecord confirmed = Messages.message(1, "k1");
		OutboxRecord behind = Messages.message(2, "k2");
		OutboxRecord refused = Messages.message(3, "k3");
		OutboxRecord last = Messages.refusedOnceMore(Messages.message(4, "k4"));
		OutboxRecord resumed = Messages.message(5, "k5");
		Answers answers = new Answers();
		answers.confirmed(confirmed, Instant.EPOCH);
		answers.refused(refused, new IllegalArgumentException("big"));
		answers.refused(last, new IllegalArgumentException("big"));
		List<OutboxRecord> messages = List.of(confirmed, behind, refused, last, resumed);
		List<Lease> leases = messages.stream().map((message) -> new Lease(message.lane(), 1)).distinct().toList();
		return new Settlement(this.store, new RelaySettings.Poison(2, PoisonPolicy.HALT_KEY, Map.of()),
				this.events::add, new RelayStore.Batch("fake:a", leases, messages), List.of(behind, resumed), answers);
	}

}
