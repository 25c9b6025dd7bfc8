// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/**
 * Time that passes only where something waits, and things that happen then.
 */
final class HandTime {

	private final TreeMap<Long, Runnable> agenda = new TreeMap<>();

	private long now;

	private int wakes;

	/**
	 * How often a wait was ended by a signal.
	 */
	int wakes() {
		return this.wakes;
	}

	long now() {
		return this.now;
	}

	void pass(Duration time) {
		passTo(this.now + time.toNanos(), null);
	}

	void after(Duration delay, Runnable action) {
		long time = this.now + delay.toNanos();
		while (this.agenda.containsKey(time)) {
			time++;
		}
		this.agenda.put(time, action);
	}

	Timing timing() {
		Clock clock = Clock.fixed(Instant.EPOCH.plusSeconds(60), ZoneOffset.UTC);
		return new Timing(clock, () -> this.now, () -> 1.0, HandSignal::new);
	}

	private void passTo(long end, HandSignal waiting) {
		while (waiting == null || !waiting.raised) {
			Map.Entry<Long, Runnable> next = this.agenda.firstEntry();
			if (next == null || next.getKey() > end) {
				this.now = Math.max(this.now, end);
				return;
			}
			this.agenda.remove(next.getKey());
			this.now = Math.max(this.now, next.getKey());
			next.getValue().run();
		}
	}

	private final class HandSignal implements Signal {

		private boolean raised;

		@Override
		public void raise() {
			this.raised = true;
		}

		@Override
		public void await(long nanos) {
			passTo(HandTime.this.now + nanos, this);
			HandTime.this.wakes += this.raised ? 1 : 0;
			this.raised = false;
		}

	}

}
