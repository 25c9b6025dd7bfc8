// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.List;
import java.util.function.Predicate;

import dev.idempotency.outbox.Lanes;
import dev.idempotency.outbox.OutboxRecord;

/**
 * Lets messages be sent under the leases of their lanes.
 */
final class LaneGate implements KeyOrderedDispatch.Gate {

	private final LaneTable lanes;

	private final List<Lease> leases;

	private final Predicate<Lease> mayUse;

	private final Lease[] byLane = new Lease[Lanes.COUNT];

	LaneGate(LaneTable lanes, List<Lease> leases, Predicate<Lease> mayUse) {
		this.lanes = lanes;
		this.leases = leases;
		this.mayUse = mayUse;
		leases.forEach((lease) -> this.byLane[lease.lane()] = lease);
	}

	@Override
	public boolean maySend(OutboxRecord message) {
		Lease lease = this.byLane[message.lane()];
		return lease != null && this.mayUse.test(lease);
	}

	@Override
	public boolean closes() {
		return this.lanes.resigns(this.leases);
	}

}
