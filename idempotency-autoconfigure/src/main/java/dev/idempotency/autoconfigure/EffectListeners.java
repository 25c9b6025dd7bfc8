// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.effect.EffectListener;
import dev.idempotency.relay.RelayListener;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Joins the listeners an application has.
 */
final class EffectListeners {

	private EffectListeners() {
	}

	static EffectListener of(ObjectProvider<EffectListener> listeners) {
		return EffectListener.all(listeners.orderedStream().toList());
	}

	static RelayListener ofRelay(ObjectProvider<RelayListener> listeners) {
		var all = listeners.orderedStream().toList();
		return (event) -> all.forEach((listener) -> listener.on(event));
	}

}
