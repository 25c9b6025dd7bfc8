// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.Set;

import dev.idempotency.outbox.OutboxRecord;
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

	private final long patience;

	private @Nullable Flight flight;

	private @Nullable Settlement unsettled;

	private List<Lease> leases = List.of();

	private int waiting;

	private boolean found;

	/**
	 * Creates it.
	 * @param destination the destination
	 * @param parts what all pumps share
	 * @param state what is known about the destination
	 * @param signal the calling thread's
	 * @param pauses which messages may not be sent yet
	 * @param patience how long one batch may keep the calling thread; answers that take
	 * longer are looked for in later rounds
	 */
	BatchRelay(String destination, PumpParts parts, DestinationState state, Signal signal, Pauses pauses,
			long patience) {
		this.destination = destination;
		this.parts = parts;
		this.state = state;
		this.signal = signal;
		this.pauses = pauses;
		this.patience = patience;
	}

	/**
	 * Does the next thing there is to do.
	 * @return how long to wait before the next
	 */
	Wait runOnce() {
		this.found = false;
		boolean goesOn = owes() || begun();
		long pause = goesOn ? 0 : this.state.pause();
		if (pause > 0) {
			return Wait.backoff(pause);
		}
		if (!goesOn) {
			this.leases = this.parts.lanes().borrow();
		}
		try {
			return relay();
		}
		finally {
			if (!owes() && !begun()) {
				this.parts.giveBack(this.leases);
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
	 * Whether a batch was sent and not all of it answered.
	 * @return {@code true} while answers are to come
	 */
	boolean begun() {
		return this.flight != null;
	}

	/**
	 * Gives up what could not be settled; the next owner sends it again.
	 */
	void abandon() {
		if (owes() || begun()) {
			this.unsettled = null;
			this.flight = null;
			this.parts.giveBack(this.leases);
		}
	}

	private Wait relay() {
		Settlement owed = this.unsettled;
		if (owed != null) {
			return settle(owed);
		}
		Flight begun = (this.flight != null) ? this.flight : begin();
		return (begun != null) ? goOn(begun) : Wait.idle(Long.MAX_VALUE);
	}

	private @Nullable Flight begin() {
		if (this.leases.isEmpty()) {
			return null;
		}
		RelayStore store = this.parts.store();
		Set<String> halted = store.haltedKeys(this.destination);
		this.state.halted(halted.size());
		int limit = limit();
		RelayStore.Batch batch = store.read(this.destination, this.leases, limit);
		this.found = !batch.messages().isEmpty();
		if (!this.found) {
			this.waiting = 0;
			return null;
		}
		Triage triage = Triage.of(batch.messages(), halted,
				this.state.probes() ? this.pauses::isRefused : this.pauses::mustWait);
		this.waiting = (int) ((long) limit * triage.waiting() / batch.messages().size());
		KeyOrderedDispatch dispatch = dispatch();
		dispatch.begin(this.state.choose(triage));
		this.flight = new Flight(batch, triage.behind(), dispatch, this.parts.timing().now());
		return this.flight;
	}

	private Wait goOn(Flight begun) {
		this.found = true;
		long left = this.parts.shutdown().begun() ? Long.MAX_VALUE
				: this.patience - (this.parts.timing().now() - begun.since());
		if (!begun.dispatch().goOn(left)) {
			return Wait.idle(this.parts.settings().polling().max().toNanos());
		}
		this.flight = null;
		RelayStore.Batch batch = begun.batch();
		Answers answers = begun.dispatch().answers();
		this.pauses.learn(batch.messages(), answers);
		this.state.learn(answers);
		Settlement settlement = new Settlement(this.parts.store(), this.parts.settings().poison(),
				this.parts.listener(), batch, begun.behind(), answers);
		this.unsettled = settlement;
		return settle(settlement);
	}

	/**
	 * Reads on behind what waits. A batch may have ended early because its payloads are
	 * large, so it counts as the share of what was asked for.
	 */
	private int limit() {
		int size = this.parts.settings().batching().size();
		return size + Math.min(this.waiting, READ_AHEAD * size);
	}

	private KeyOrderedDispatch dispatch() {
		LaneTable lanes = this.parts.lanes();
		LaneGate gate = new LaneGate(lanes, this.leases,
				(lease) -> !this.parts.shutdown().begun() && lanes.maySend(lease));
		return new KeyOrderedDispatch(this.parts.transports(), gate, this.parts.settings(), this.parts.shutdown(),
				this.signal, this.parts.timing());
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
	 * A batch that was sent.
	 *
	 * @param batch what was read
	 * @param behind its messages of halted keys
	 * @param dispatch sends it
	 * @param since when that began
	 */
	private record Flight(RelayStore.Batch batch, List<OutboxRecord> behind, KeyOrderedDispatch dispatch, long since) {
	}

}
