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

	private final Map<String, Deque<OutboxRecord>> streams = new HashMap<>();

	private final Map<String, Deque<OutboxRecord>> keys = new HashMap<>();

	private final Set<String> unconfirmed = new HashSet<>();

	KeyQueues(List<OutboxRecord> messages) {
		for (OutboxRecord message : messages) {
			Deque<OutboxRecord> waits = queue(message);
			if (waits == null) {
				this.ready.add(message);
			}
			else {
				waits.add(message);
				release(waits);
			}
		}
	}

	/**
	 * What keeps its own order: a stream, whose messages of a key are all in it, or else
	 * a key.
	 */
	private @Nullable Deque<OutboxRecord> queue(OutboxRecord message) {
		Placement place = message.placement();
		if (place != null) {
			return this.streams.computeIfAbsent(place.position().stream(), (name) -> new ArrayDeque<>());
		}
		return (message.key() != null) ? this.keys.computeIfAbsent(message.key(), (name) -> new ArrayDeque<>()) : null;
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
		Deque<OutboxRecord> waits = queue(message);
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
