// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class SignalTests {

	private final Signal signal = Signal.real();

	@Test
	void signalRaisedBeforeTheWaitEndsIt() {
		this.signal.raise();
		this.signal.await(Long.MAX_VALUE);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void signalEndsAWait() throws InterruptedException {
		CountDownLatch ended = new CountDownLatch(1);
		Thread waiting = new Thread(() -> {
			this.signal.await(Long.MAX_VALUE);
			ended.countDown();
		});
		waiting.start();
		while (waiting.getState() != Thread.State.TIMED_WAITING) {
			Thread.onSpinWait();
		}
		this.signal.raise();
		assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void waitEndsByItself() {
		this.signal.await(1);
		this.signal.await(-1);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void interruptionEndsOneWaitOnly() {
		Thread.currentThread().interrupt();
		this.signal.await(Long.MAX_VALUE);
		assertThat(Thread.interrupted()).isFalse();
	}

}
