// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import dev.idempotency.outbox.OutboxRecord;

/**
 * Sorts a batch: what is sent, what is parked behind a halted key, and what waits. A
 * message that waits makes the rest of its key wait.
 *
 * @param send messages to be sent
 * @param behind messages of halted keys
 * @param waiting how many wait
 */
record Triage(List<OutboxRecord> send, List<OutboxRecord> behind, int waiting) {

	static Triage of(List<OutboxRecord> messages, Set<String> halted, Predicate<OutboxRecord> mustWait) {
		List<OutboxRecord> send = new ArrayList<>(messages.size());
		List<OutboxRecord> behind = new ArrayList<>();
		Set<String> blocked = new HashSet<>();
		int waiting = 0;
		for (OutboxRecord message : messages) {
			String key = message.key();
			if (key != null && halted.contains(key)) {
				behind.add(message);
			}
			else if ((key != null && blocked.contains(key)) || mustWait.test(message)) {
				waiting++;
				if (key != null) {
					blocked.add(key);
				}
			}
			else {
				send.add(message);
			}
		}
		return new Triage(send, behind, waiting);
	}

	/**
	 * The first messages of their keys, one of which is sent to probe a destination.
	 * @param turn which of them, so that no single message decides for all
	 * @return one message, or none if nothing is to be sent
	 */
	List<OutboxRecord> probe(int turn) {
		Set<String> seen = new HashSet<>();
		List<OutboxRecord> heads = this.send.stream()
			.filter((message) -> message.key() == null || seen.add(message.key()))
			.toList();
		return heads.isEmpty() ? heads : List.of(heads.get(turn % heads.size()));
	}

}
