// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a batch, given out so that a message is ready only when its predecessor
 * of the same key was confirmed, and a numbered one only after those with lower numbers
 * of its stream.
 */
final class KeyQueues {

	private final Deque<OutboxRecord> ready = new ArrayDeque<>();

	private final Map<String, Deque<OutboxRecord>> waiting = new HashMap<>();

	private final Set<String> unconfirmed = new HashSet<>();

	KeyQueues(List<OutboxRecord> messages) {
		for (OutboxRecord message : messages) {
			String queue = queue(message);
			if (queue == null) {
				this.ready.add(message);
			}
			else {
				Deque<OutboxRecord> waits = this.waiting.computeIfAbsent(queue, (name) -> new ArrayDeque<>());
				waits.add(message);
				release(waits);
			}
		}
	}

	/**
	 * What keeps its own order: a stream, whose messages of a key are all in it, or else
	 * a key.
	 */
	private static @Nullable String queue(OutboxRecord message) {
		Placement place = message.placement();
		if (place != null) {
			return "stream " + place.position().stream();
		}
		return (message.key() != null) ? "key " + message.key() : null;
	}

	/**
	 * Takes the next message that may be sent now.
	 * @return the message, {@code null} if none may
	 */
	@Nullable OutboxRecord poll() {
		return this.ready.poll();
	}

	void confirmed(OutboxRecord message) {
		this.unconfirmed.remove(message.key());
		String queue = queue(message);
		Deque<OutboxRecord> waits = (queue != null) ? this.waiting.get(queue) : null;
		if (waits != null) {
			release(waits);
		}
	}

	private void release(Deque<OutboxRecord> waits) {
		OutboxRecord next;
		while ((next = waits.peek()) != null && (next.key() == null || this.unconfirmed.add(next.key()))) {
			this.ready.add(waits.remove());
		}
	}

}
