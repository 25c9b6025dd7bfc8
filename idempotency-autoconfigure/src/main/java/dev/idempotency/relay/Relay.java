// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Publishes what waits in the outbox, each message at least once and always with the same
 * id, in the order of its key. Shares the work with the relays of other nodes; what a
 * node that died or hung held is taken over, and the late node changes nothing any more.
 * Nothing is lost while a database or a broker is away: messages wait, and the relay goes
 * on by itself when it is back.
 */
public final class Relay {

	private final Ports ports;

	private final Transports transports;

	private final RelayListener listener;

	private final RelaySettings settings;

	private final Node node;

	private final Timing timing;

	private final ReentrantLock lifecycle = new ReentrantLock();

	private volatile @Nullable RelayRun run;

	/**
	 * Creates a relay, which does nothing before it is started.
	 * @param ports the stores and the brokers
	 * @param listener hears every decision
	 * @param settings bounds and pauses
	 * @param node what this node brings
	 * @throws IllegalArgumentException if two transports have the same name
	 */
	public Relay(Ports ports, RelayListener listener, RelaySettings settings, Node node) {
		this(ports, listener, settings, node, Timing.real(node.clock()));
	}

	Relay(Ports ports, RelayListener listener, RelaySettings settings, Node node, Timing timing) {
		this.ports = ports;
		this.transports = new Transports(ports.transports());
		this.listener = new GuardedListener(listener);
		this.settings = settings;
		this.node = node;
		this.timing = timing;
	}

	/**
	 * Starts the relay; does nothing if it runs. Needs neither database nor broker to be
	 * there.
	 */
	public void start() {
		this.lifecycle.lock();
		try {
			if (this.run == null) {
				RelayRun started = new RelayRun(this.ports, this.transports, this.listener, this.settings, this.node,
						this.timing);
				started.start();
				this.run = started;
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Stops the relay and hands its work over: sends nothing new, waits for answers still
	 * due, settles what was confirmed, gives its leases back and leaves. Returns at the
	 * latest after the shutdown bound and the lease time; does nothing if the relay does
	 * not run. It may be started again.
	 */
	public void stop() {
		this.lifecycle.lock();
		try {
			RelayRun running = this.run;
			if (running != null) {
				running.stop();
				this.run = null;
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Says that a message was committed by this process. Quick; may be called from any
	 * thread.
	 * @param destination where it goes
	 * @param lane its lane
	 */
	public void wake(String destination, int lane) {
		RelayRun running = this.run;
		if (running != null) {
			running.wake(destination, lane);
		}
	}

	/**
	 * Says that something was committed somewhere. Quick; may be called from any thread.
	 */
	public void wake() {
		RelayRun running = this.run;
		if (running != null) {
			running.wake();
		}
	}

	/**
	 * How many lanes this node holds. Quick enough to be asked at every commit.
	 * @return a number, zero if the relay does not run
	 */
	public int lanes() {
		RelayRun running = this.run;
		return (running != null) ? running.lanes() : 0;
	}

	/**
	 * What this node knows. Asks neither database nor broker.
	 * @return a snapshot
	 */
	public RelayStatus status() {
		RelayRun running = this.run;
		return (running != null) ? new RelayStatus(true, running.lanes(), running.destinations())
				: new RelayStatus(false, 0, List.of());
	}

	/**
	 * What the relay stands between.
	 *
	 * @param lanes shares the lanes among nodes
	 * @param store what waits, or was set aside from the log
	 * @param log what waits where there is a log, else {@code null}
	 * @param transports ways to the brokers
	 */
	public record Ports(LaneStore lanes, RelayStore store, @Nullable OutboxLog log, List<Transport> transports) {

		public Ports {
			transports = List.copyOf(transports);
		}

		/**
		 * Without a log.
		 * @param lanes shares the lanes among nodes
		 * @param store what waits
		 * @param transports ways to the brokers
		 */
		public Ports(LaneStore lanes, RelayStore store, List<Transport> transports) {
			this(lanes, store, null, transports);
		}

	}

	/**
	 * What a node brings.
	 *
	 * @param name a name no other process has or ever had
	 * @param threads makes the relay's threads, virtual ones if wanted; they end when the
	 * relay stops
	 * @param clock gives the instants that are reported
	 */
	public record Node(String name, ThreadFactory threads, Clock clock) {

		public Node {
			if (name.isBlank()) {
				throw new IllegalArgumentException("The name of a relay node must not be blank");
			}
		}

	}

}
