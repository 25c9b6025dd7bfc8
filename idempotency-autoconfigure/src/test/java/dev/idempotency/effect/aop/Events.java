// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.idempotency.effect.EffectEvent;
import dev.idempotency.effect.EffectListener;

/**
 * Remembers what was decided.
 */
class Events implements EffectListener {

	private final List<EffectEvent> events = new CopyOnWriteArrayList<>();

	@Override
	public void on(EffectEvent event) {
		this.events.add(event);
	}

	List<EffectEvent> all() {
		return this.events;
	}

	<T extends EffectEvent> List<T> of(Class<T> type) {
		return this.events.stream().filter(type::isInstance).map(type::cast).toList();
	}

}
