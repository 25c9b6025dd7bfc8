// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The lanes this node holds, each with the local time up to which it may be used. That
 * time is measured from before the store was asked, so it is over here before the lease
 * is over there.
 */
final class LaneTable {

	private final LongSupplier nanos;

	private final Map<Lease, Integer> borrowed = new HashMap<>();

	private volatile SortedMap<Integer, Held> held = new TreeMap<>();

	private volatile boolean closed;

	LaneTable(LongSupplier nanos) {
		this.nanos = nanos;
	}

	boolean holds(int lane) {
		return this.held.containsKey(lane);
	}

	int size() {
		return this.held.size();
	}

	List<Lease> leases() {
		return this.held.values().stream().map(Held::lease).toList();
	}

	/**
	 * Whether a message may be sent under a lease at this moment.
	 * @param lease the lease
	 * @return {@code false} once its time is over or it is about to be handed over
	 */
	boolean maySend(Lease lease) {
		Held found = this.held.get(lease.lane());
		return found != null && found.lease().equals(lease) && usable(found);
	}

	/**
	 * Whether what was begun under a borrowed lease may be finished at this moment.
	 * @param lease the lease
	 * @return {@code false} once its time is over
	 */
	boolean mayFinish(Lease lease) {
		Held found = this.held.get(lease.lane());
		return found != null && found.lease().equals(lease) && valid(found);
	}

	/**
	 * Takes every usable lease for a batch. None of them is handed over until it is given
	 * back.
	 * @return the leases
	 */
	synchronized List<Lease> borrow() {
		List<Lease> leases = this.held.values().stream().filter(this::usable).map(Held::lease).toList();
		leases.forEach((lease) -> this.borrowed.merge(lease, 1, Integer::sum));
		return leases;
	}

	/**
	 * Gives borrowed leases back.
	 * @param leases the leases
	 * @return whether one of them waits to be handed over
	 */
	synchronized boolean giveBack(Iterable<Lease> leases) {
		leases.forEach((lease) -> this.borrowed.computeIfPresent(lease, (key, uses) -> (uses > 1) ? uses - 1 : null));
		return resigning();
	}

	synchronized void hold(Collection<Lease> won, long deadline) {
		SortedMap<Integer, Held> next = new TreeMap<>(this.held);
		won.forEach((lease) -> next.put(lease.lane(), new Held(lease, deadline, false)));
		this.held = next;
	}

	/**
	 * Prolongs leases and forgets the others.
	 * @param asked what was to be prolonged
	 * @param kept what was prolonged
	 * @param deadline up to when it may be used
	 * @return how many were lost
	 */
	synchronized int renew(Collection<Lease> asked, Collection<Lease> kept, long deadline) {
		SortedMap<Integer, Held> next = new TreeMap<>(this.held);
		for (Lease lease : asked) {
			next.computeIfPresent(lease.lane(), (lane, old) -> {
				if (!old.lease().equals(lease)) {
					return old;
				}
				return kept.contains(lease) ? new Held(lease, deadline, old.resigning()) : null;
			});
		}
		int lost = this.held.size() - next.size();
		this.held = next;
		return lost;
	}

	/**
	 * Gives up every lane but the wanted ones. Those in use go when they are given back.
	 * @param wanted the lanes to keep
	 * @return leases no longer held here, to be released
	 */
	synchronized List<Lease> keepOnly(Set<Integer> wanted) {
		List<Lease> free = new ArrayList<>();
		SortedMap<Integer, Held> next = new TreeMap<>();
		this.held.forEach((lane, old) -> {
			boolean resigning = !wanted.contains(lane);
			if (resigning && !this.borrowed.containsKey(old.lease())) {
				free.add(old.lease());
			}
			else {
				next.put(lane, new Held(old.lease(), old.deadline(), resigning));
			}
		});
		this.held = next;
		return free;
	}

	synchronized boolean resigning() {
		return this.held.values().stream().anyMatch(Held::resigning);
	}

	/**
	 * Whether one of some borrowed leases is to be handed over. Until it is given back,
	 * nobody else sends what waits in its lane.
	 * @param leases the leases
	 */
	boolean resigns(Collection<Lease> leases) {
		SortedMap<Integer, Held> held = this.held;
		return leases.stream().anyMatch((lease) -> {
			Held found = held.get(lease.lane());
			return found != null && found.resigning() && found.lease().equals(lease);
		});
	}

	/**
	 * Stops the use of leases that may be lost, until they are renewed.
	 * @param leases the leases
	 */
	synchronized void suspend(Collection<Lease> leases) {
		long now = this.nanos.getAsLong();
		SortedMap<Integer, Held> next = new TreeMap<>(this.held);
		for (Lease lease : leases) {
			next.computeIfPresent(lease.lane(),
					(lane, old) -> old.lease().equals(lease) ? new Held(lease, now, old.resigning()) : old);
		}
		this.held = next;
	}

	/**
	 * Ends all use: from now on nothing may be sent.
	 */
	void close() {
		this.closed = true;
	}

	/**
	 * Forgets everything.
	 * @return what was held, to be released
	 */
	synchronized List<Lease> clear() {
		this.closed = true;
		List<Lease> leases = leases();
		this.held = new TreeMap<>();
		return leases;
	}

	private boolean usable(Held lane) {
		return !lane.resigning() && valid(lane);
	}

	private boolean valid(Held lane) {
		return !this.closed && this.nanos.getAsLong() - lane.deadline() < 0;
	}

	/**
	 * A lane held.
	 *
	 * @param lease the lease
	 * @param deadline local nanoseconds at which its use ends
	 * @param resigning whether it is to be handed over
	 */
	private record Held(Lease lease, long deadline, boolean resigning) {
	}

}
