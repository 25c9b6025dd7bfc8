// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/**
 * Keeps this node's share of the lanes: says that the node is alive, renews, hands over,
 * takes over. Has a thread of its own, so that no broker delays a renewal.
 */
final class LaneKeeper implements Runnable {

	private static final int MARGIN = 5;

	private static final int EAGER = 20;

	private final String node;

	private final LaneStore store;

	private final Duration ttl;

	private final LaneTable lanes;

	private final RelayListener listener;

	private final Runnable onGain;

	private final Timing timing;

	private final Signal signal;

	private final Outage outage = new Outage("Renewing the relay's leases");

	private volatile boolean resigned;

	LaneKeeper(String node, LaneStore store, Duration ttl, LaneTable lanes, RelayListener listener, Runnable onGain,
			Timing timing) {
		this.node = node;
		this.store = store;
		this.ttl = ttl;
		this.lanes = lanes;
		this.listener = listener;
		this.onGain = onGain;
		this.timing = timing;
		this.signal = timing.signals().create();
	}

	@Override
	public void run() {
		while (!this.resigned) {
			this.signal.await(round());
		}
		leave();
	}

	void hurry() {
		this.signal.raise();
	}

	void resign() {
		this.resigned = true;
		this.signal.raise();
	}

	/**
	 * One round. Owners are read before nodes: a lane is judged by who is alive after it
	 * was seen, never by an older list.
	 * @return nanoseconds until the next
	 */
	long round() {
		long period = this.ttl.toNanos() / 3;
		try {
			renew();
			Set<String> alive = this.store.beat(this.node, this.ttl);
			if (alive.contains(this.node)) {
				share(alive);
			}
			this.outage.over();
			return complete(alive) ? period : this.ttl.toNanos() / EAGER;
		}
		catch (Throwable ex) {
			this.outage.failed(ex);
			return this.ttl.toNanos() / EAGER;
		}
	}

	private void renew() {
		List<Lease> held = this.lanes.leases();
		if (!held.isEmpty()) {
			long deadline = deadline();
			int lost = this.lanes.renew(held, this.store.renew(this.node, held, this.ttl), deadline);
			if (lost > 0) {
				changed(0, lost);
			}
		}
	}

	private void share(Set<String> alive) {
		SortedSet<Integer> wanted = Rendezvous.lanesOf(this.node, alive);
		List<Lease> free = this.lanes.keepOnly(wanted);
		if (!free.isEmpty()) {
			this.store.release(this.node, free);
			changed(0, 0);
		}
		List<Integer> missing = missing(wanted);
		if (!missing.isEmpty()) {
			long deadline = deadline();
			List<Lease> won = this.store.acquire(this.node, missing, this.ttl);
			if (!won.isEmpty()) {
				this.lanes.hold(won, deadline);
				changed(won.size(), 0);
				this.onGain.run();
			}
		}
	}

	private void changed(int gained, int lost) {
		this.listener.on(new RelayEvent.LanesChanged(this.lanes.size(), gained, lost));
	}

	private boolean complete(Set<String> alive) {
		return !this.lanes.resigning() && missing(Rendezvous.lanesOf(this.node, alive)).isEmpty();
	}

	private List<Integer> missing(SortedSet<Integer> wanted) {
		List<Integer> missing = new ArrayList<>(wanted);
		missing.removeIf(this.lanes::holds);
		return missing;
	}

	private void leave() {
		try {
			List<Lease> held = this.lanes.clear();
			changed(0, 0);
			this.store.release(this.node, held);
			this.store.leave(this.node);
		}
		catch (Throwable ex) {
			Outage.LOGGER.warn("The relay could not give its leases back; they run out within {}", this.ttl, ex);
		}
	}

	private long deadline() {
		return this.timing.now() + this.ttl.toNanos() - this.ttl.toNanos() / MARGIN;
	}

}
