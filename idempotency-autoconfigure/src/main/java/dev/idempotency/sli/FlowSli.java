// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.time.Duration;

/**
 * What happened in one flow since the process started, and how much of it is in doubt
 * now, whichever process left it there.
 *
 * @param delivered messages that reached the listener
 * @param redelivered those of them the broker marked as possibly delivered before
 * @param completed effects committed
 * @param rejected effects committed as rejected
 * @param duplicates repetitions suppressed
 * @param collisions same id with other content, refused
 * @param inProgress concurrent duplicates refused after the bounded wait
 * @param refused messages without usable identity
 * @param rolledBack effects rolled back
 * @param commitsUnknown commits without an answer
 * @param retriedBusiness attempts used up by failing business code
 * @param retriedInfrastructure repetitions because the database or broker failed
 * @param parked messages set aside
 * @param filtered messages addressed to other flows
 * @param tokensReused one-time tokens presented after they were used; the flow is their
 * purpose
 * @param handled messages a listener without effects handled to the end
 * @param repeated those of them this node had handled before, so at least so many
 * @param lost messages acknowledged first and not handled to the end
 * @param inDoubt external effects in doubt when they were last counted, in the database
 * and so of all nodes
 * @param oldestInDoubt age of the oldest of them then
 */
public record FlowSli(long delivered, long redelivered, long completed, long rejected, long duplicates, long collisions,
		long inProgress, long refused, long rolledBack, long commitsUnknown, long retriedBusiness,
		long retriedInfrastructure, long parked, long filtered, long tokensReused, long handled, long repeated,
		long lost, long inDoubt, Duration oldestInDoubt) {

	/**
	 * Repetitions suppressed per million decided calls.
	 * @return the rate, 0 if nothing was decided yet
	 */
	public double duplicatesPerMillion() {
		long decided = this.completed + this.rejected + this.duplicates;
		return (decided != 0) ? this.duplicates * 1_000_000.0 / decided : 0;
	}

}
