// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import dev.idempotency.relay.SendObservation;
import dev.idempotency.relay.Transport;
import io.micrometer.observation.ObservationRegistry;

/**
 * Observes what the relay sends: {@code idempotency.relay.send}.
 */
public final class SendObservations implements SendObservation {

	private final ObservationRegistry registry;

	/**
	 * Creates the adapter.
	 * @param registry where observations go
	 */
	public SendObservations(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public Transport around(Transport transport) {
		return (this.registry == ObservationRegistry.NOOP) ? transport
				: new ObservedTransport(transport, this.registry);
	}

}
