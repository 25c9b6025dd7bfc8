// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Looks at what waits, now and then, so that no gauge has to ask the database. A
 * destination is looked at until it was seen empty.
 */
final class Backlogs {

	private static final int CAP = 10_000;

	private final PumpParts parts;

	private final Pumps pumps;

	private final SortedSet<String> known = new TreeSet<>();

	private long next;

	Backlogs(PumpParts parts, Pumps pumps) {
		this.parts = parts;
		this.pumps = pumps;
		this.next = parts.timing().now();
	}

	void found(Iterable<String> destinations) {
		destinations.forEach(this.known::add);
	}

	/**
	 * Looks, if it is time to.
	 * @return nanoseconds until the next look
	 */
	long observe() {
		long now = this.parts.timing().now();
		if (now - this.next >= 0) {
			this.next = now + this.parts.settings().polling().observe().toNanos();
			new TreeSet<>(this.known).forEach(this::observe);
			OutboxLog log = this.parts.log();
			if (log != null) {
				log.tidy();
			}
		}
		return this.next - now;
	}

	private void observe(String destination) {
		RelayStore.Backlog backlog = this.parts.store().backlog(destination, CAP);
		OutboxLog log = this.parts.log();
		if (log != null) {
			backlog = backlog.and(log.backlog(destination, CAP), CAP);
		}
		boolean empty = backlog.depth() == 0;
		if (empty) {
			this.known.remove(destination);
		}
		this.pumps.observed(destination, backlog);
		this.parts.listener().on(new RelayEvent.Observed(destination, backlog));
	}

}
