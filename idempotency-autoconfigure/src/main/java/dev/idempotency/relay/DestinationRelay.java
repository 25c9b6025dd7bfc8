// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The two places where messages of a destination wait: the log, if there is one, and the
 * store, which then only has what was set aside from it. What gets no answer there does
 * not hold up the log.
 */
final class DestinationRelay {

	/** How long a batch of the store may hold up the log. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

	private final @Nullable LogRelay log;

	private final BatchRelay store;

	private final DestinationState state;

	private final DestinationState stateOfStore;

	private final Shutdown shutdown;

	private boolean troubled = true;

	private boolean found;

	DestinationRelay(String destination, PumpParts parts, DestinationState state, Signal signal) {
		Pauses pauses = new Pauses(parts.settings().retrying(), parts.timing());
		OutboxLog outboxLog = parts.log();
		this.state = state;
		this.stateOfStore = (outboxLog != null) ? DestinationState.ofStore(destination, parts) : state;
		this.shutdown = parts.shutdown();
		this.log = (outboxLog != null) ? new LogRelay(destination, outboxLog, parts, state, signal, pauses) : null;
		this.store = new BatchRelay(destination, parts, this.stateOfStore, signal, pauses,
				(outboxLog != null) ? PATIENCE : Long.MAX_VALUE);
	}

	/**
	 * Does the next thing there is to do.
	 * @param polled whether somebody saw messages of the destination
	 * @return how long to wait before the next
	 */
	Wait runOnce(boolean polled) {
		if (this.log == null) {
			Wait wait = this.store.runOnce();
			this.found = this.store.found();
			return wait;
		}
		this.troubled |= polled;
		this.found = false;
		Wait wait = Wait.idle(Long.MAX_VALUE);
		boolean stops = this.shutdown.begun() && !this.log.owes() && !this.log.begun();
		if (!this.store.owes() && !stops) {
			wait = this.log.runOnce();
			this.found = this.log.found();
			this.troubled |= this.log.troubled();
		}
		if (this.troubled && !this.log.owes()) {
			wait = wait.or(Wait.idle(this.store.runOnce().nanos()));
			this.troubled = this.store.found() || this.store.owes() || this.stateOfStore.pause() > 0;
			this.found |= this.store.found();
		}
		return wait;
	}

	/**
	 * Whether the last round found messages.
	 * @return {@code false} if nothing waited
	 */
	boolean found() {
		return this.found;
	}

	/**
	 * Whether something that the broker has may be brought into the store at once, when
	 * the relay stops.
	 * @return {@code true} while a page of the log is sent in part, or not all of a batch
	 * of the store is answered
	 */
	boolean begun() {
		return this.store.begun() || (this.log != null && this.log.begun());
	}

	boolean owes() {
		return this.store.owes() || (this.log != null && this.log.owes());
	}

	/**
	 * Whether consumers are still to be told about streams that are silent.
	 */
	boolean watches() {
		return this.log != null && this.log.watches();
	}

	/**
	 * Whether the destination is left alone for a while.
	 */
	boolean pauses() {
		return this.state.pause() > 0 || this.stateOfStore.pause() > 0;
	}

	RelayStatus.Destination status(RelayStore.@Nullable Backlog backlog) {
		return this.state.status(this.stateOfStore, backlog);
	}

	void abandon() {
		this.store.abandon();
		if (this.log != null) {
			this.log.abandon();
		}
	}

}
