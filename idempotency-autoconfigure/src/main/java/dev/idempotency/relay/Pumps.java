// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pumps at work, one per destination with messages.
 */
final class Pumps {

	private final PumpParts parts;

	private final Crew crew;

	private final Map<String, DestinationPump> pumps = new TreeMap<>();

	private final Map<String, RelayStore.Backlog> backlogs = new HashMap<>();

	private final AtomicLong foundByPoll = new AtomicLong();

	private boolean full;

	Pumps(PumpParts parts, Crew crew) {
		this.parts = parts;
		this.crew = crew;
	}

	/**
	 * Wakes the pump of a destination.
	 * @param destination the destination
	 * @return {@code false} if it has none
	 */
	synchronized boolean wake(String destination) {
		DestinationPump pump = this.pumps.get(destination);
		if (pump != null) {
			pump.wake();
		}
		return pump != null;
	}

	/**
	 * Sees to it that a destination with messages is served.
	 * @param destination the destination
	 */
	synchronized void serve(String destination) {
		DestinationPump pump = this.pumps.get(destination);
		if (pump != null) {
			pump.poll();
		}
		else if (!this.parts.shutdown().begun() && hasRoom(destination)) {
			DestinationPump started = new DestinationPump(destination, this.parts, this);
			this.crew.start(destination, started);
			this.pumps.put(destination, started);
		}
	}

	synchronized void stop() {
		this.pumps.values().forEach(DestinationPump::stop);
	}

	/**
	 * Lets an idle pump end unless it was woken meanwhile.
	 * @param pump the pump
	 * @return whether it must end
	 */
	synchronized boolean retire(DestinationPump pump) {
		return !pump.isWoken() && this.pumps.remove(pump.destination(), pump);
	}

	synchronized void ended(DestinationPump pump) {
		this.pumps.remove(pump.destination(), pump);
		this.backlogs.keySet().retainAll(this.pumps.keySet());
	}

	void pollFound() {
		this.foundByPoll.incrementAndGet();
	}

	long foundByPoll() {
		return this.foundByPoll.get();
	}

	synchronized void observed(String destination, RelayStore.Backlog backlog) {
		if (this.pumps.containsKey(destination)) {
			this.backlogs.put(destination, backlog);
		}
	}

	synchronized List<RelayStatus.Destination> status() {
		return this.pumps.values().stream().map((pump) -> pump.status(this.backlogs.get(pump.destination()))).toList();
	}

	private boolean hasRoom(String destination) {
		int max = this.parts.settings().batching().maxDestinations();
		boolean room = this.pumps.size() < max;
		if (!room && !this.full) {
			Outage.LOGGER.warn("Messages for '{}' wait: {} destinations are being served, the most the relay setting"
					+ " batching.maxDestinations allows", destination, max);
		}
		this.full = !room;
		return room;
	}

}
