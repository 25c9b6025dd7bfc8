// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import dev.idempotency.outbox.StreamPosition;
import dev.idempotency.relay.OutboxLog;

/**
 * Checks numbers the way a consumer of all streams sees them, repetitions included.
 */
final class Numbers {

	private final Map<String, String> ids = new HashMap<>();

	private final Map<String, String> places = new HashMap<>();

	private final Map<String, Long> last = new HashMap<>();

	private final List<String> wrong = new ArrayList<>();

	private int repeats;

	void saw(OutboxRecord message) {
		if (message.placement() == null) {
			this.wrong.add(message.id() + " has no number");
			return;
		}
		StreamPosition position = message.placement().position();
		String stream = message.source() + " " + position.stream() + " " + position.epoch();
		String place = stream + " " + position.sequence();
		String id = this.ids.putIfAbsent(place, message.id());
		String before = this.places.putIfAbsent(message.id(), place);
		if (id != null && !id.equals(message.id())) {
			this.wrong.add(place + " is " + id + " and " + message.id());
		}
		if (before != null && !before.equals(place)) {
			this.wrong.add(message.id() + " is " + before + " and " + place);
		}
		if (id != null && before != null) {
			this.repeats++;
		}
		else if (position.sequence() != this.last.getOrDefault(stream, 0L) + 1) {
			this.wrong.add(place + " comes after " + this.last.get(stream));
		}
		this.last.merge(stream, position.sequence(), Math::max);
	}

	/**
	 * Reads, sees and closes until nothing waits.
	 */
	void publish(OutboxLog.Reader reader, int limit) {
		Optional<OutboxLog.Page> page = reader.next(limit);
		while (!page.orElseThrow().messages().isEmpty()) {
			page.get().messages().forEach(this::saw);
			reader.readAhead(limit);
			page = reader.close(page.get(), List.of(), limit);
		}
	}

	static List<Placement> placements(OutboxLog.Page page) {
		List<Placement> placements = new ArrayList<>();
		page.messages().forEach((message) -> placements.add(message.placement()));
		return placements;
	}

	List<String> wrong() {
		return this.wrong;
	}

	int repeats() {
		return this.repeats;
	}

	Map<String, Long> last() {
		return this.last;
	}

}
