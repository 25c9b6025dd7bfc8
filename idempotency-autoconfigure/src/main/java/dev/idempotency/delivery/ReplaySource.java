// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.util.List;
import java.util.Optional;

/**
 * Hands messages set aside back to operators.
 */
public interface ReplaySource {

	/**
	 * Takes a message back to be replayed. In a transaction of the caller's it is taken
	 * if and only if that commits: called together with the outbox, a message taken is a
	 * message sent.
	 * @param id names the message
	 * @return the message, empty if there is none of that name or somebody else took it
	 * first
	 */
	Optional<ParkedMessage> take(String id);

	/**
	 * Gives a message up. It is kept for as long as a replayed one.
	 * @param id names the message
	 * @return {@code false} if there is none of that name, or it was replayed or
	 * discarded before
	 */
	boolean discard(String id);

	/**
	 * The messages of a flow that were set aside first.
	 * @param flow the flow
	 * @param limit how many at most
	 * @return their ids, the oldest first
	 */
	List<String> oldest(String flow, int limit);

}
