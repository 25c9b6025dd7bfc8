// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.idempotency.flow.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * The worker of one destination, so that a destination that does not answer stops only
 * its own messages.
 */
final class DestinationPump implements Runnable {

	private static final long RETIRE_AFTER = TimeUnit.MINUTES.toNanos(1);

	private final PumpParts parts;

	private final Pumps pumps;

	private final String destination;

	private final Signal signal;

	private final DestinationState state;

	private final DestinationRelay relay;

	private final Outage outage;

	private final AtomicBoolean woken = new AtomicBoolean(true);

	private final AtomicBoolean polled = new AtomicBoolean();

	private long lastBusy;

	DestinationPump(String destination, PumpParts parts, Pumps pumps) {
		this.destination = destination;
		this.parts = parts;
		this.pumps = pumps;
		this.signal = parts.timing().signals().create();
		this.state = new DestinationState(destination, parts);
		this.relay = new DestinationRelay(destination, parts, this.state, this.signal);
		this.outage = new Outage("Relaying to '" + destination + "'");
		this.lastBusy = parts.timing().now();
	}

	@Override
	public void run() {
		try {
			while (!done()) {
				await(runOnce());
			}
		}
		finally {
			this.relay.abandon();
			this.pumps.ended(this);
		}
	}

	/**
	 * One round; whatever fails in it is tried again.
	 * @return how long to wait before the next
	 */
	Wait runOnce() {
		boolean byPoll = this.polled.getAndSet(false);
		boolean byPollOnly = byPoll & !this.woken.getAndSet(false);
		try {
			Wait wait = this.relay.runOnce(byPoll);
			this.outage.over();
			if (this.relay.found()) {
				this.lastBusy = this.parts.timing().now();
				if (byPollOnly) {
					this.pumps.pollFound();
				}
			}
			return wait;
		}
		catch (Throwable ex) {
			this.state.failed(ex);
			Backoff backoff = this.parts.settings().retrying().backoff();
			return Wait.backoff(backoff.pause(this.outage.failed(ex), this.parts.timing().random()).toNanos());
		}
	}

	/**
	 * Says that something was committed. However often that is said, the pump is
	 * disturbed once per round.
	 */
	void wake() {
		if (!this.woken.getAndSet(true)) {
			this.signal.raise();
		}
	}

	/**
	 * Wakes the pump because a poll saw messages.
	 */
	void poll() {
		if (!this.polled.getAndSet(true)) {
			this.signal.raise();
		}
	}

	/**
	 * Lets the pump notice that the relay is stopping.
	 */
	void stop() {
		this.signal.raise();
	}

	boolean isWoken() {
		return this.woken.get() || this.polled.get();
	}

	String destination() {
		return this.destination;
	}

	RelayStatus.Destination status(RelayStore.@Nullable Backlog backlog) {
		return this.relay.status(backlog);
	}

	private boolean done() {
		Shutdown shutdown = this.parts.shutdown();
		if (shutdown.begun()) {
			return !this.relay.owes() && !this.relay.begun() || shutdown.over();
		}
		boolean idle = this.parts.timing().now() - this.lastBusy > RETIRE_AFTER && !this.relay.owes()
				&& !this.relay.watches() && !this.relay.pauses();
		if (idle && this.pumps.retire(this)) {
			this.state.close();
			return true;
		}
		return false;
	}

	private void await(Wait wait) {
		long begin = this.parts.timing().now();
		while (true) {
			Shutdown shutdown = this.parts.shutdown();
			if (shutdown.begun() && !this.relay.owes() || wait.wakeable() && isWoken()) {
				return;
			}
			long waited = this.parts.timing().now() - begin;
			long left = shutdown.cap(Math.min(wait.nanos(), RETIRE_AFTER) - waited);
			if (left <= 0) {
				return;
			}
			this.signal.await(left);
		}
	}

}
