// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Shares the lanes among nodes. All times are the database's; every call is a transaction
 * of its own.
 */
public interface LaneStore {

	/**
	 * Says that a node is alive and asks who else is.
	 * @param node the calling node
	 * @param ttl how long a node counts as alive after a beat
	 * @return the nodes alive, the caller included
	 */
	Set<String> beat(String node, Duration ttl);

	/**
	 * Says that a node goes, so that nobody waits for it.
	 * @param node the node
	 */
	void leave(String node);

	/**
	 * Takes lanes that nobody holds or whose lease ran out. Lanes held by others stay
	 * with them, and so does for now a lane for which a change is in flight: nobody is
	 * waited for. A lane the caller itself holds is won again, with a new epoch: it may
	 * have lost the answer to an earlier call.
	 * @param node the new owner, a name no other process has or ever had
	 * @param lanes the wanted lanes
	 * @param ttl how long the leases run
	 * @return the leases won, each with a new epoch
	 */
	List<Lease> acquire(String node, Collection<Integer> lanes, Duration ttl);

	/**
	 * Prolongs leases. One that ran out but was taken by nobody may be prolonged.
	 * @param node the owner
	 * @param leases what it believes to hold
	 * @param ttl how long the leases run from now
	 * @return those it still holds
	 */
	List<Lease> renew(String node, Collection<Lease> leases, Duration ttl);

	/**
	 * Gives leases back. Those no longer held are passed over.
	 * @param node the owner
	 * @param leases the leases
	 */
	void release(String node, Collection<Lease> leases);

}
