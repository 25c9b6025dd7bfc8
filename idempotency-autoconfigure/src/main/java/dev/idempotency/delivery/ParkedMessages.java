// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What was set aside, for people.
 */
public interface ParkedMessages {

	/**
	 * The messages set aside last that were not replayed.
	 * @param limit how many at most
	 * @return the newest first
	 */
	List<Entry> newest(int limit);

	/**
	 * How many messages are set aside per flow.
	 * @param cap count no further than this
	 * @return counts by flow name
	 */
	Map<String, Long> counts(int cap);

	/**
	 * A message set aside, without its payload.
	 *
	 * @param id names it for the operators
	 * @param flow the flow that could not apply it
	 * @param reason why
	 * @param origin broker, channel and position it came from
	 * @param attempts how often it was tried
	 * @param cause what failed
	 * @param parkedAt when it was set aside
	 */
	record Entry(String id, String flow, ParkedMessage.Reason reason, String origin, int attempts, String cause,
			Instant parkedAt) {
	}

}
