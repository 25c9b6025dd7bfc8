// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.TimeUnit;

/**
 * Keeps repeated sends below a share of first sends, so that a destination that loses
 * answers is not buried under repetitions. One repetition a second is always free.
 */
final class RetryBudget {

	private static final double CAPACITY = 100;

	private final double share;

	private double tokens = 10;

	private long filled;

	RetryBudget(double share, long now) {
		this.share = share;
		this.filled = now;
	}

	void firstSends(int count) {
		fill(count * this.share);
	}

	boolean tryRetry(long now) {
		fill((double) (now - this.filled) / TimeUnit.SECONDS.toNanos(1));
		this.filled = now;
		if (this.tokens < 1) {
			return false;
		}
		this.tokens -= 1;
		return true;
	}

	private void fill(double earned) {
		this.tokens = Math.min(CAPACITY, this.tokens + earned);
	}

}
