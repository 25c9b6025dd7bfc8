// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.ArrayList;
import java.util.List;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what is reported while a group runs, because a group that is rolled back is
 * handled again.
 */
final class HeldBackEvents implements EffectListener {

	private final EffectListener listener;

	private final ThreadLocal<@Nullable List<EffectEvent>> heldBack = new ThreadLocal<>();

	HeldBackEvents(EffectListener listener) {
		this.listener = listener;
	}

	@Override
	public void on(EffectEvent event) {
		List<EffectEvent> events = this.heldBack.get();
		if (events != null) {
			events.add(event);
		}
		else {
			this.listener.on(event);
		}
	}

	/**
	 * Reports what happens in an attempt if it succeeds.
	 */
	void during(Attempt attempt) throws Throwable {
		List<EffectEvent> events = new ArrayList<>();
		this.heldBack.set(events);
		try {
			attempt.run();
		}
		finally {
			this.heldBack.remove();
		}
		events.forEach(this.listener::on);
	}

	/**
	 * What may fail as a whole.
	 */
	@FunctionalInterface
	interface Attempt {

		void run() throws Throwable;

	}

}
