// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One batch of a destination after the other: read, send, settle. A batch that was sent
 * is settled before the next is read, however long the store is away.
 */
final class BatchRelay {

	private static final int READ_AHEAD = 7;

	private final String destination;

	private final PumpParts parts;

	private final DestinationState state;

	private final Signal signal;

	private final Pauses pauses;

	private @Nullable Unsettled unsettled;

	private int waiting;

	private boolean found;

	BatchRelay(String destination, PumpParts parts, DestinationState state, Signal signal, Pauses pauses) {
		this.destination = destination;
		this.parts = parts;
		this.state = state;
		this.signal = signal;
		this.pauses = pauses;
	}

	/**
	 * Does the next thing there is to do.
	 * @return how long to wait before the next
	 */
	Wait runOnce() {
		this.found = false;
		Unsettled owed = this.unsettled;
		long pause = (owed != null) ? 0 : this.state.pause();
		if (pause > 0) {
			return Wait.backoff(pause);
		}
		List<Lease> leases = (owed != null) ? owed.leases() : this.parts.lanes().borrow();
		try {
			return (owed != null) ? settle(owed.settlement()) : relay(leases);
		}
		finally {
			if (this.unsettled == null) {
				this.parts.giveBack(leases);
			}
		}
	}

	/**
	 * Whether the last round found messages.
	 * @return {@code false} if nothing waited
	 */
	boolean found() {
		return this.found;
	}

	/**
	 * Whether a batch was sent and not yet settled.
	 * @return {@code true} while the store failed to settle it
	 */
	boolean owes() {
		return this.unsettled != null;
	}

	/**
	 * Gives up what could not be settled; the next owner sends it again.
	 */
	void abandon() {
		Unsettled left = this.unsettled;
		this.unsettled = null;
		if (left != null) {
			this.parts.giveBack(left.leases());
		}
	}

	private Wait relay(List<Lease> leases) {
		if (leases.isEmpty()) {
			return Wait.idle(Long.MAX_VALUE);
		}
		RelayStore store = this.parts.store();
		Set<String> halted = store.haltedKeys(this.destination);
		this.state.halted(halted.size());
		RelayStore.Batch batch = store.read(this.destination, leases, limit());
		this.found = !batch.messages().isEmpty();
		if (!this.found) {
			this.waiting = 0;
			return Wait.idle(Long.MAX_VALUE);
		}
		Triage triage = Triage.of(batch.messages(), halted, this.pauses::mustWait);
		this.waiting = triage.waiting();
		Answers answers = dispatch(batch).dispatch(this.state.choose(triage));
		this.pauses.learn(batch.messages(), answers);
		this.state.learn(answers);
		Settlement settlement = new Settlement(store, this.parts.settings().poison(), this.parts.listener(), batch,
				triage.behind(), answers);
		this.unsettled = new Unsettled(leases, settlement);
		return settle(settlement);
	}

	private int limit() {
		int size = this.parts.settings().batching().size();
		return size + Math.min(this.waiting, READ_AHEAD * size);
	}

	private KeyOrderedDispatch dispatch(RelayStore.Batch batch) {
		Map<Integer, Lease> byLane = new HashMap<>();
		batch.leases().forEach((lease) -> byLane.put(lease.lane(), lease));
		return new KeyOrderedDispatch(this.parts.transports(), (message) -> {
			Lease lease = byLane.get(message.lane());
			return lease != null && !this.parts.shutdown().begun() && this.parts.lanes().maySend(lease);
		}, this.parts.settings(), this.parts.shutdown(), this.signal, this.parts.timing());
	}

	private Wait settle(Settlement settlement) {
		boolean mine = settlement.apply();
		this.unsettled = null;
		if (!mine) {
			this.parts.lanes().suspend(settlement.batch().leases());
			this.parts.listener().on(new RelayEvent.Fenced(this.destination, settlement.left()));
			this.parts.hurry().run();
			return Wait.idle(this.parts.settings().polling().max().toNanos());
		}
		return next(settlement);
	}

	private Wait next(Settlement settlement) {
		long pause = this.state.pause();
		if (pause > 0) {
			return Wait.backoff(pause);
		}
		if (settlement.moved() > 0) {
			return Wait.NONE;
		}
		long refused = this.pauses.next();
		RelaySettings.Polling polling = this.parts.settings().polling();
		long bound = polling.max().toNanos();
		return Wait.idle((refused >= 0) ? Math.min(Math.max(refused, polling.min().toNanos()), bound) : bound);
	}

	/**
	 * A batch whose answers the store does not know yet.
	 *
	 * @param leases what was borrowed for it
	 * @param settlement what is left to do
	 */
	private record Unsettled(List<Lease> leases, Settlement settlement) {
	}

}
