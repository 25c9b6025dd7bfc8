// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.testing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Names that no other test, test run or test machine uses at the same time.
 */
final class UniqueName {

	private static final String RUN = Long.toString(ProcessHandle.current().pid(), 36) + "_"
			+ Long.toString(System.nanoTime() & 0xFFFFFFFFFL, 36);

	private static final AtomicLong counter = new AtomicLong();

	private UniqueName() {
	}

	/**
	 * Lower case letters, digits and underscores, at most 30 characters more than the
	 * purpose.
	 */
	static String of(String purpose) {
		return "idempotency_" + purpose + "_" + RUN + "_" + counter.incrementAndGet();
	}

}
