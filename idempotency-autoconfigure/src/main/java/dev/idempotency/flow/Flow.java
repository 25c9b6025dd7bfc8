// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.flow;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One row of the catalogue.
 *
 * @param name the flow
 * @param kind what enters it
 * @param location the listener, method or destination, as a developer would look for it
 * @param semantics the choice, {@code null} if nobody declared one
 * @param mechanism what keeps the choice
 * @param boundary up to where it holds
 * @param retention how long repetitions are recognised, {@code null} where that does not
 * apply
 * @param owner who answers for it, may be empty
 * @param rationale why, may be empty
 * @param remarks what a reader should know besides
 */
public record Flow(String name, Kind kind, String location, @Nullable Semantics semantics, String mechanism,
		String boundary, @Nullable Duration retention, String owner, String rationale, List<String> remarks) {

	public Flow {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(kind, "kind");
		Objects.requireNonNull(location, "location");
		remarks = List.copyOf(remarks);
	}

	/**
	 * What enters a flow.
	 */
	public enum Kind {

		/** A Kafka listener. */
		KAFKA_LISTENER,

		/** A RabbitMQ listener. */
		RABBIT_LISTENER,

		/** A method that handles HTTP requests. */
		HTTP,

		/** A scheduled method. */
		SCHEDULED,

		/** Any other bean method, or code that uses the template. */
		METHOD,

		/** A destination of the outbox. */
		OUTBOX

	}

}
