// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * The life of a relay between start and stop.
 */
final class RelayRun {

	private final RelaySettings settings;

	private final Shutdown shutdown;

	private final LaneTable lanes;

	private final LaneKeeper keeper;

	private final Crew keeping;

	private final Crew work;

	private final Pumps pumps;

	private final Scout scout;

	RelayRun(Relay.Ports ports, Transports transports, RelayListener listener, RelaySettings settings, Relay.Node node,
			Timing timing) {
		this.settings = settings;
		this.shutdown = new Shutdown(timing.nanos());
		this.lanes = new LaneTable(timing.nanos());
		ThreadFactory threads = node.threads();
		this.keeping = new Crew(threads, timing);
		this.work = new Crew(threads, timing);
		this.keeper = new LaneKeeper(node.name(), ports.lanes(), settings.leaseTtl(), this.lanes, listener, this::wake,
				timing);
		PumpParts parts = new PumpParts(ports.store(), ports.log(), this.lanes, transports, settings, listener, timing,
				this.shutdown, this.keeper::hurry, (task) -> this.work.start("reader", task));
		this.pumps = new Pumps(parts, this.work);
		this.scout = new Scout(parts, this.pumps);
	}

	void start() {
		this.keeping.start("lanes", this.keeper);
		try {
			this.work.start("poll", this.scout);
		}
		catch (Throwable ex) {
			this.keeper.resign();
			throw ex;
		}
	}

	void wake(String destination, int lane) {
		if (this.lanes.holds(lane) && !this.pumps.wake(destination)) {
			this.scout.tell(destination);
		}
	}

	void wake() {
		this.scout.wake();
	}

	void stop() {
		this.shutdown.begin(this.settings.shutdownBound().toNanos());
		this.scout.wake();
		this.pumps.stop();
		if (!this.work.awaitEnd(this.settings.shutdownBound().toNanos())) {
			Outage.LOGGER.warn("The relay stopped with answers still due after {}; those messages are sent again,"
					+ " with the same ids", this.settings.shutdownBound());
		}
		this.lanes.close();
		this.keeper.resign();
		if (!this.keeping.awaitEnd(this.settings.leaseTtl().toNanos())) {
			Outage.LOGGER.warn("The relay stopped without giving its leases back; they run out within {}",
					this.settings.leaseTtl());
		}
	}

	int lanes() {
		return this.lanes.size();
	}

	List<RelayStatus.Destination> destinations() {
		return this.pumps.status();
	}

}
