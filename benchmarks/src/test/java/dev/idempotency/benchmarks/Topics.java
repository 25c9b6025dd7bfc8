// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;

/**
 * Topics of one partition each.
 */
final class Topics {

	static final String FRESH = "payments";

	static final String REPEATED = "payments-repeated";

	/** Without ids. */
	static final String OFFSETS = "payments-without-id";

	/** With the numbers of an outbox. */
	static final String NUMBERED = "payments-numbered";

	static final String BATCHES = "payment-batches";

	/** Without ids. */
	static final String OFFSET_BATCHES = "payment-batches-without-id";

	/** With the numbers of an outbox. */
	static final String NUMBERED_BATCHES = "payment-batches-numbered";

	static final String RELAYED = "relayed";

	static final String SENT = "sent";

	static final List<String> ALL = List.of(FRESH, REPEATED, OFFSETS, NUMBERED, BATCHES, OFFSET_BATCHES,
			NUMBERED_BATCHES, RELAYED, SENT);

	private Topics() {
	}

}
