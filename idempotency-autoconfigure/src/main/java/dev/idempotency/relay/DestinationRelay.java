// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import org.jspecify.annotations.Nullable;

/**
 * The two places where messages of a destination wait: the log, if there is one, and the
 * store, which then only has what was set aside from it.
 */
final class DestinationRelay {

	private final @Nullable LogRelay log;

	private final BatchRelay store;

	private boolean troubled = true;

	private boolean found;

	DestinationRelay(String destination, PumpParts parts, DestinationState state, Signal signal) {
		Pauses pauses = new Pauses(parts.settings().retrying(), parts.timing());
		OutboxLog outboxLog = parts.log();
		this.log = (outboxLog != null) ? new LogRelay(destination, outboxLog, parts, state, signal, pauses) : null;
		this.store = new BatchRelay(destination, parts, state, signal, pauses);
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
		if (!this.store.owes()) {
			wait = this.log.runOnce();
			this.found = this.log.found();
			this.troubled |= this.log.troubled();
		}
		if (this.troubled && !this.log.owes()) {
			wait = wait.or(this.store.runOnce());
			this.troubled = this.store.found() || this.store.owes();
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
	 * @return {@code true} while a page of the log is sent in part
	 */
	boolean begun() {
		return this.log != null && this.log.begun();
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

	void abandon() {
		this.store.abandon();
		if (this.log != null) {
			this.log.abandon();
		}
	}

}
