// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a batch, given out so that a message is ready only when its predecessor
 * of the same key was confirmed.
 */
final class KeyQueues {

	private final Deque<OutboxRecord> ready = new ArrayDeque<>();

	private final Map<String, Deque<OutboxRecord>> waiting = new HashMap<>();

	KeyQueues(List<OutboxRecord> messages) {
		for (OutboxRecord message : messages) {
			Deque<OutboxRecord> queue = (message.key() != null) ? this.waiting.get(message.key()) : null;
			if (queue != null) {
				queue.add(message);
			}
			else {
				this.ready.add(message);
				if (message.key() != null) {
					this.waiting.put(message.key(), new ArrayDeque<>());
				}
			}
		}
	}

	/**
	 * Takes the next message that may be sent now.
	 * @return the message, {@code null} if none may
	 */
	@Nullable OutboxRecord poll() {
		return this.ready.poll();
	}

	void confirmed(OutboxRecord message) {
		Deque<OutboxRecord> queue = (message.key() != null) ? this.waiting.get(message.key()) : null;
		OutboxRecord next = (queue != null) ? queue.poll() : null;
		if (next != null) {
			this.ready.add(next);
		}
	}

}
