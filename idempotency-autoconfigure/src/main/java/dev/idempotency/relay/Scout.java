// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Finds out which destinations have messages: at once when told so, by polling as the net
 * below. One query per poll, however many destinations there are.
 */
final class Scout implements Runnable {

	private final PumpParts parts;

	private final Pumps pumps;

	private final Backlogs backlogs;

	private final Signal signal;

	private final Outage outage = new Outage("Polling the outbox");

	private final Queue<String> told = new ConcurrentLinkedQueue<>();

	private volatile boolean asked = true;

	private long interval;

	private long next;

	private long foundByPoll;

	Scout(PumpParts parts, Pumps pumps) {
		this.parts = parts;
		this.pumps = pumps;
		this.backlogs = new Backlogs(parts, pumps);
		this.signal = parts.timing().signals().create();
		this.interval = parts.settings().polling().min().toNanos();
	}

	@Override
	public void run() {
		while (!this.parts.shutdown().begun()) {
			this.signal.await(runOnce());
		}
	}

	/**
	 * Looks now.
	 */
	void wake() {
		this.asked = true;
		this.signal.raise();
	}

	/**
	 * Serves a destination that has no pump yet.
	 * @param destination the destination
	 */
	void tell(String destination) {
		this.told.add(destination);
		this.signal.raise();
	}

	/**
	 * Polls, if it is time to.
	 * @return nanoseconds until the next poll
	 */
	long runOnce() {
		try {
			String destination;
			while ((destination = this.told.poll()) != null) {
				this.pumps.serve(destination);
				this.backlogs.found(List.of(destination));
			}
			long now = this.parts.timing().now();
			if (this.asked || now - this.next >= 0) {
				adapt();
				this.asked = false;
				poll();
				this.next = now + this.interval;
			}
			long observation = this.backlogs.observe();
			this.outage.over();
			return Math.min(this.next - now, observation);
		}
		catch (Throwable ex) {
			this.asked = true;
			return this.parts.settings()
				.retrying()
				.backoff()
				.pause(this.outage.failed(ex), this.parts.timing().random())
				.toNanos();
		}
	}

	private void poll() {
		Set<String> destinations = new TreeSet<>(this.parts.store().destinations());
		OutboxLog log = this.parts.log();
		if (log != null) {
			destinations.addAll(log.destinations());
		}
		this.backlogs.found(destinations);
		destinations.forEach(this.pumps::serve);
	}

	private void adapt() {
		long found = this.pumps.foundByPoll();
		RelaySettings.Polling polling = this.parts.settings().polling();
		this.interval = (found != this.foundByPoll) ? polling.min().toNanos()
				: Math.min(this.interval * 2, polling.max().toNanos());
		this.foundByPoll = found;
	}

}
