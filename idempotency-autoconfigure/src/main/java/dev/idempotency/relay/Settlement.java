// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.idempotency.outbox.OutboxRecord;

/**
 * Brings what the broker said into the store. If the store fails in between, applying it
 * again goes on where it stopped; nothing is sent meanwhile.
 */
final class Settlement {

	static final String BEHIND = "Waits behind a parked message of the same key";

	private final RelayStore store;

	private final RelaySettings.Poison poison;

	private final RelayListener listener;

	private final RelayStore.Batch batch;

	private final List<Answers.Confirmed> confirmed;

	private final List<OutboxRecord> behind;

	private final Deque<Answers.Refused> refused;

	private final Map<Integer, Lease> leases = new HashMap<>();

	private boolean settled;

	private boolean sorted;

	private int parked;

	Settlement(RelayStore store, RelaySettings.Poison poison, RelayListener listener, RelayStore.Batch batch,
			List<OutboxRecord> behind, Answers answers) {
		this.store = store;
		this.poison = poison;
		this.listener = listener;
		this.batch = batch;
		this.confirmed = answers.confirmed();
		this.behind = behind;
		this.refused = new ArrayDeque<>(answers.refused());
		batch.leases().forEach((lease) -> this.leases.put(lease.lane(), lease));
	}

	/**
	 * Applies what is left.
	 * @return {@code false} if the caller was fenced; then nothing more may be done
	 */
	boolean apply() {
		return settleConfirmed() && parkBehind() && countRefused();
	}

	/**
	 * How many messages no longer wait, or no longer behind a parked one.
	 * @return the number
	 */
	int moved() {
		return this.confirmed.size() + this.behind.size() + this.parked;
	}

	/**
	 * How many messages a fence leaves to the next owner.
	 * @return the number
	 */
	int left() {
		return (this.settled ? 0 : this.confirmed.size()) + (this.sorted ? 0 : this.behind.size())
				+ this.refused.size();
	}

	RelayStore.Batch batch() {
		return this.batch;
	}

	private boolean settleConfirmed() {
		if (!this.settled && !this.confirmed.isEmpty()) {
			if (!this.store.settle(this.batch,
					this.confirmed.stream().map((one) -> one.message().position()).toList())) {
				return false;
			}
			this.settled = true;
			this.confirmed.forEach((one) -> this.listener.on(published(one)));
		}
		return true;
	}

	private boolean parkBehind() {
		if (!this.sorted && !this.behind.isEmpty()) {
			Optional<List<OutboxRecord>> aside = this.store.parkBehind(this.batch, this.behind, BEHIND);
			if (aside.isEmpty()) {
				return false;
			}
			this.sorted = true;
			aside.get().forEach((message) -> this.listener.on(new RelayEvent.Parked(message, BEHIND)));
		}
		return true;
	}

	private boolean countRefused() {
		Answers.Refused refusal;
		while ((refusal = this.refused.peek()) != null) {
			if (!count(refusal)) {
				return false;
			}
			this.refused.remove();
		}
		return true;
	}

	private boolean count(Answers.Refused refusal) {
		OutboxRecord message = refusal.message();
		String reason = reason(refusal.cause());
		boolean last = message.attempts() + 1 >= this.poison.maxAttempts();
		boolean mine = last ? this.store.park(lease(message), message, reason, this.poison.halts(message))
				: this.store.refused(lease(message), message, reason);
		if (mine) {
			this.listener.on(new RelayEvent.Refused(message, refusal.cause()));
		}
		if (mine && last) {
			this.parked++;
			this.listener.on(new RelayEvent.Parked(message, reason));
		}
		return mine;
	}

	private Lease lease(OutboxRecord message) {
		Lease lease = this.leases.get(message.lane());
		if (lease == null) {
			throw new IllegalStateException("The store read message " + message.id() + " of lane " + message.lane()
					+ " without a lease for it");
		}
		return lease;
	}

	static RelayEvent.Published published(Answers.Confirmed one) {
		Duration age = Duration.between(one.message().time(), one.at());
		return new RelayEvent.Published(one.message(), age.isNegative() ? Duration.ZERO : age);
	}

	static String reason(Throwable cause) {
		return (cause.getMessage() != null) ? cause.getClass().getSimpleName() + ": " + cause.getMessage()
				: cause.getClass().getSimpleName();
	}

}
