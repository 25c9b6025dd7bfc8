// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.TimeUnit;

/**
 * How many messages a page has. Between two pages nothing is on its way to the broker, so
 * a quick destination gets large ones. Whoever takes over sends what was not closed
 * again, and whoever hands over finishes a page first, so they don't take long: a slow
 * destination gets small ones.
 */
final class PageSize {

	private static final long TIME = TimeUnit.MILLISECONDS.toNanos(100);

	private static final int FIRST = 4;

	private static final int MOST = 16;

	private final int batch;

	private int size;

	/**
	 * Creates a size.
	 * @param batch the least
	 */
	PageSize(int batch) {
		this.batch = batch;
		this.size = limited(FIRST);
	}

	int now() {
		return this.size;
	}

	/**
	 * Learns from a page that was sent.
	 * @param messages how many of it the broker took
	 * @param nanos how long it took until all had their answers, or none came any more
	 */
	void sent(int messages, long nanos) {
		if (nanos > TIME) {
			long fits = (long) ((double) messages * TIME / nanos);
			this.size = (int) Math.max(fits, Math.min(this.batch, this.size));
		}
		else if (messages >= this.size) {
			this.size = (int) Math.min(limited(MOST), 2L * this.size);
		}
	}

	private int limited(int batches) {
		return (int) Math.min(Integer.MAX_VALUE, (long) batches * this.batch);
	}

}
