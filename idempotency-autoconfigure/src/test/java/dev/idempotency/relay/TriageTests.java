// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TriageTests {

	private static final List<OutboxRecord> BATCH = List.of(Messages.message(1, "a"), Messages.message(2, "b"),
			Messages.message(3, null), Messages.message(4, "a"), Messages.message(5, null), Messages.message(6, "b"));

	@Test
	void sendsEverythingWhenNothingIsInTheWay() {
		Triage triage = Triage.of(BATCH, Set.of(), (message) -> false);
		assertThat(triage.send()).isEqualTo(BATCH);
		assertThat(triage.behind()).isEmpty();
		assertThat(triage.waiting()).isZero();
	}

	@Test
	void messagesOfAHaltedKeyAreParkedBehindIt() {
		Triage triage = Triage.of(BATCH, Set.of("a"), (message) -> false);
		assertThat(triage.behind()).extracting(OutboxRecord::position).containsExactly(1L, 4L);
		assertThat(triage.send()).extracting(OutboxRecord::position).containsExactly(2L, 3L, 5L, 6L);
	}

	@Test
	void aMessageThatWaitsMakesItsKeyWait() {
		Triage triage = Triage.of(BATCH, Set.of(), (message) -> message.position() == 2);
		assertThat(triage.send()).extracting(OutboxRecord::position).containsExactly(1L, 3L, 4L, 5L);
		assertThat(triage.waiting()).isEqualTo(2);
	}

	@Test
	void aMessageWithoutKeyMakesNoOtherWait() {
		Triage triage = Triage.of(BATCH, Set.of(), (message) -> message.position() == 3);
		assertThat(triage.send()).extracting(OutboxRecord::position).containsExactly(1L, 2L, 4L, 5L, 6L);
	}

	@Test
	void probesTakeTurnsAmongTheFirstOfTheirKeys() {
		Triage triage = Triage.of(BATCH, Set.of(), (message) -> false);
		assertThat(triage.probe(0)).extracting(OutboxRecord::position).containsExactly(1L);
		assertThat(triage.probe(3)).extracting(OutboxRecord::position).containsExactly(5L);
		assertThat(triage.probe(4)).extracting(OutboxRecord::position).containsExactly(1L);
		assertThat(Triage.of(List.of(), Set.of(), (message) -> false).probe(1)).isEmpty();
	}

}
