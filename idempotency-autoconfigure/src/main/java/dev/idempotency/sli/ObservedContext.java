// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.HashMap;
import java.util.Map;

import dev.idempotency.outbox.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;

/**
 * Captures the trace context for a message, as a sender would: with tracing on the class
 * path the headers hold {@code traceparent} and the baggage.
 */
public final class ObservedContext implements ContextCarrier {

	private final ObservationRegistry registry;

	/**
	 * Creates the adapter.
	 * @param registry where observations go
	 */
	public ObservedContext(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public Map<String, String> capture() {
		Map<String, String> headers = new HashMap<>();
		Observation.createNotStarted(IdempotencyObservations.PUBLISH.getName(), () -> {
			SenderContext<Map<String, String>> context = new SenderContext<>((carrier, key, value) -> {
				if (carrier != null) {
					carrier.put(key, value);
				}
			}, Kind.PRODUCER);
			context.setCarrier(headers);
			return context;
		}, this.registry).observe(() -> {
		});
		return headers;
	}

}
