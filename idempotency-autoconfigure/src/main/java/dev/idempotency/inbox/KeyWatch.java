// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.idempotency.effect.CurrentEffect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns, once per flow, that a key did not get to its provider.
 */
final class KeyWatch {

	private static final Logger logger = LoggerFactory.getLogger(KeyWatch.class);

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	void completed(ExternalCall call, CurrentEffect scope) {
		String flow = call.key().consumer();
		if (call.repeatsSafely() && !scope.hasGivenKey() && this.warned.add(flow)) {
			logger.warn("Flow {} completed an effect whose key nobody sent or read. An unclear failure leaves such an "
					+ "effect in doubt, but if its process dies in the call, the repetition is a new request to the "
					+ "provider. Use a client of Spring Boot's builders for the hosts of the flow, or pass "
					+ "CurrentEffect.get().idempotencyKey() on. This is said once", flow);
		}
	}

}
