// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sli;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.SendResult;
import dev.idempotency.relay.Transport;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observes the sending of a message until the broker's answer, as part of the trace it
 * was written in; a message without one is only counted, by {@link RelayMeters}. That
 * write made the context the consumers continue, so the headers stay as they are and the
 * sending is a client's: what OpenTelemetry says of messages that are created and sent at
 * different times. Observing never keeps a message from being sent.
 */
final class ObservedTransport implements Transport {

	private static final Logger logger = LoggerFactory.getLogger(ObservedTransport.class);

	/** Headers of W3C Trace Context and of B3. */
	private static final Set<String> TRACES = Set.of("traceparent", "b3", "X-B3-TraceId");

	private final Transport transport;

	private final ObservationRegistry registry;

	ObservedTransport(Transport transport, ObservationRegistry registry) {
		this.transport = transport;
		this.registry = registry;
	}

	@Override
	public String name() {
		return this.transport.name();
	}

	@Override
	public boolean heartbeats() {
		return this.transport.heartbeats();
	}

	@Override
	public CompletionStage<SendResult> send(OutboxRecord message) {
		Observation observation = isTraced(message) ? start(message) : Observation.NOOP;
		if (observation.isNoop()) {
			return this.transport.send(message);
		}
		try {
			CompletionStage<SendResult> answer = this.transport.send(message);
			answer.whenComplete((result, failure) -> stop(observation, result, failure));
			return answer;
		}
		catch (RuntimeException ex) {
			stop(observation, null, ex);
			throw ex;
		}
	}

	private static boolean isTraced(OutboxRecord message) {
		return TRACES.stream().anyMatch(message.headers()::containsKey);
	}

	private Observation start(OutboxRecord message) {
		try {
			return Observation
				.createNotStarted(IdempotencyObservations.SEND.getName(), () -> written(message), this.registry)
				.contextualName("send " + message.destination())
				.lowCardinalityKeyValue("destination", message.destination())
				.highCardinalityKeyValue("message.source", message.source())
				.highCardinalityKeyValue("message.id", message.id())
				.start();
		}
		catch (RuntimeException ex) {
			logger.warn("A message to {} is sent without being observed", message.destination(), ex);
			return Observation.NOOP;
		}
	}

	private static Observation.Context written(OutboxRecord message) {
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(Map::get, Kind.CLIENT);
		context.setCarrier(message.headers());
		return context;
	}

	private static void stop(Observation observation, @Nullable SendResult result, @Nullable Throwable failure) {
		try {
			if (result instanceof SendResult.Refused refused) {
				observation.lowCardinalityKeyValue("result", "refused").error(refused.cause());
			}
			else if (result instanceof SendResult.Confirmed) {
				observation.lowCardinalityKeyValue("result", "confirmed");
			}
			else {
				Throwable cause = (result instanceof SendResult.Unavailable none) ? none.cause() : failure;
				observation.lowCardinalityKeyValue("result", "unavailable");
				if (cause != null) {
					observation.error(cause);
				}
			}
			observation.stop();
		}
		catch (RuntimeException ex) {
			logger.warn("The sending of a message was not observed to its end", ex);
		}
	}

	@Override
	public String toString() {
		return this.transport.toString();
	}

}
