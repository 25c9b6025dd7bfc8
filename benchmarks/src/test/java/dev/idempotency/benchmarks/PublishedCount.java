// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.idempotency.relay.RelayEvent;
import dev.idempotency.relay.RelayListener;

/**
 * Counts what the relay settled.
 */
class PublishedCount implements RelayListener {

	private volatile CountDownLatch left = new CountDownLatch(0);

	void expect(int messages) {
		this.left = new CountDownLatch(messages);
	}

	void await(Duration timeout) throws InterruptedException, TimeoutException {
		if (!this.left.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
			throw new TimeoutException(this.left.getCount() + " messages were not published in " + timeout);
		}
	}

	@Override
	public void on(RelayEvent event) {
		if (event instanceof RelayEvent.Published) {
			this.left.countDown();
		}
	}

}
