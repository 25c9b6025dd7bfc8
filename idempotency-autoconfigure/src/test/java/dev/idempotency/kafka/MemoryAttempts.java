// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.idempotency.delivery.Attempts;
import dev.idempotency.effect.EffectKey;

/**
 * Attempts that outlive a container, not the process.
 */
final class MemoryAttempts implements Attempts {

	final Map<EffectKey, Integer> failed = new ConcurrentHashMap<>();

	@Override
	public int failed(EffectKey key, String error) {
		return this.failed.merge(key, 1, Integer::sum);
	}

	@Override
	public void forget(EffectKey key) {
		this.failed.remove(key);
	}

}
