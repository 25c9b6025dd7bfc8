// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a batch, given out so that a message is ready only when its predecessor
 * of the same key was confirmed, and a numbered one only after those with lower numbers
 * of its stream. A key may have messages in several streams and some without a number:
 * what is ready is the first of both its key and its stream.
 */
final class KeyQueues {

	private final Deque<OutboxRecord> ready = new ArrayDeque<>();

	private final Map<String, Deque<OutboxRecord>> streams = new HashMap<>();

	/** What is not confirmed, by key. */
	private final Map<String, Deque<OutboxRecord>> keys = new HashMap<>();

	private int left;

	KeyQueues(List<OutboxRecord> messages) {
		this.left = messages.size();
		for (OutboxRecord message : messages) {
			Deque<OutboxRecord> key = key(message);
			if (key != null) {
				key.add(message);
			}
			Deque<OutboxRecord> stream = stream(message);
			if (stream != null) {
				stream.add(message);
			}
			release(message);
		}
	}

	private @Nullable Deque<OutboxRecord> key(OutboxRecord message) {
		return (message.key() != null) ? this.keys.computeIfAbsent(message.key(), (key) -> new ArrayDeque<>(1)) : null;
	}

	private @Nullable Deque<OutboxRecord> stream(OutboxRecord message) {
		Placement place = message.placement();
		return (place != null) ? this.streams.computeIfAbsent(place.position().stream(), (name) -> new ArrayDeque<>())
				: null;
	}

	/**
	 * Takes the next message that may be sent now.
	 * @return the message, {@code null} if none may
	 */
	@Nullable OutboxRecord poll() {
		OutboxRecord next = this.ready.poll();
		if (next != null) {
			this.left--;
		}
		return next;
	}

	/**
	 * Whether messages were not given out yet, ready or not.
	 */
	boolean waiting() {
		return this.left > 0;
	}

	void confirmed(OutboxRecord message) {
		Deque<OutboxRecord> waits = key(message);
		if (waits != null) {
			waits.remove();
			OutboxRecord next = waits.peek();
			if (next != null) {
				release(next);
			}
		}
	}

	/**
	 * Makes a message ready if it is the first, and what it held up in its stream.
	 */
	private void release(OutboxRecord message) {
		Deque<OutboxRecord> waits = stream(message);
		if (waits == null) {
			if (isFirstOfKey(message)) {
				this.ready.add(message);
			}
			return;
		}
		OutboxRecord next;
		while ((next = waits.peek()) != null && isFirstOfKey(next)) {
			this.ready.add(waits.remove());
		}
	}

	private boolean isFirstOfKey(OutboxRecord message) {
		Deque<OutboxRecord> waits = key(message);
		return waits == null || waits.peek() == message;
	}

}
