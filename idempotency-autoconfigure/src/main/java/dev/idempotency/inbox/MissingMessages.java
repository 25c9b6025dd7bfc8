// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Tells of numbers that a stream passed over and that did not come since.
 */
public interface MissingMessages {

	/**
	 * How many messages are missing per flow.
	 * @param after counts those missed for at least so long
	 * @return counts by flow name
	 */
	Map<String, Long> counts(Duration after);

	/**
	 * The gaps noticed first.
	 * @param after tells of those noticed at least so long ago
	 * @param limit how many at most
	 * @return the oldest first
	 */
	List<Gap> oldest(Duration after, int limit);

	/**
	 * Numbers that are missing.
	 *
	 * @param flow the flow that misses them
	 * @param stream the stream
	 * @param first the first number
	 * @param last the last number
	 * @param noticedAt when a later number came first
	 */
	record Gap(String flow, String stream, long first, long last, Instant noticedAt) {

		/**
		 * How many messages are missing.
		 * @return at least 1
		 */
		public long count() {
			return this.last - this.first + 1;
		}

	}

}
