// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.relay;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import dev.idempotency.outbox.Destinations;
import dev.idempotency.outbox.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * How the messages of a destination are spread over parts that each consumer sees in one
 * order, so that they can be numbered there without gaps.
 */
public interface Partitioning {

	/** Nothing is numbered, for a reason that needs no words. */
	Partitioning NONE = because("its transport keeps no order that a number could be checked against");

	/**
	 * How many parts a destination has now. Later it may have more; a batch keeps the
	 * count it was opened with.
	 * @param destination transport and address
	 * @return the count, 0 if the destination's messages cannot be numbered
	 * @throws RuntimeException if the broker has to be asked and does not answer
	 */
	int count(String destination);

	/**
	 * The part a message belongs to.
	 * @param message the message
	 * @param count how many parts there are
	 * @return a number from 0, always the same for a key and a count
	 */
	int partition(OutboxRecord message, int count);

	/**
	 * Why the messages of a destination are not numbered.
	 * @param destination transport and address
	 * @return the reason, {@code null} if they are numbered
	 */
	@Nullable String refusal(String destination);

	/**
	 * Whether a destination has no parts, and whoever consumes sees all messages of a
	 * routing key or none. Then routing keys are numbered in the order in which they
	 * come, and the messages of more than {@link #count} of them have no numbers.
	 * @param destination transport and address
	 * @return {@code true} if {@link #partition} is never asked
	 */
	default boolean byRoute(String destination) {
		return false;
	}

	/**
	 * The same parts, of which no more are numbered. A batch that was opened with numbers
	 * keeps them.
	 * @param reason why
	 * @return a partitioning for what is open
	 */
	default Partitioning ended(String reason) {
		return new Partitioning() {

			@Override
			public int count(String destination) {
				return 0;
			}

			@Override
			public int partition(OutboxRecord message, int count) {
				return Partitioning.this.partition(message, count);
			}

			@Override
			public String refusal(String destination) {
				return reason;
			}

			@Override
			public boolean byRoute(String destination) {
				return Partitioning.this.byRoute(destination);
			}

		};
	}

	/**
	 * Numbers nothing.
	 * @param reason why
	 * @return a partitioning without parts
	 */
	static Partitioning because(String reason) {
		return new Partitioning() {

			@Override
			public int count(String destination) {
				return 0;
			}

			@Override
			public int partition(OutboxRecord message, int count) {
				throw new IllegalStateException("Message " + message.id() + " cannot be numbered: " + reason);
			}

			@Override
			public String refusal(String destination) {
				return reason;
			}

		};
	}

	/**
	 * Asks the transport of each destination. What is open of a destination without one
	 * waits for a node that has it.
	 * @param transports the transports at hand
	 * @return a partitioning for all destinations
	 */
	static Partitioning of(Collection<Transport> transports) {
		Map<String, Partitioning> byName = new HashMap<>();
		transports.forEach((transport) -> byName.put(transport.name(), transport.partitioning()));
		return new Partitioning() {

			@Override
			public int count(String destination) {
				Partitioning parts = of(destination);
				try {
					return parts.count(destination);
				}
				catch (RuntimeException ex) {
					throw new PartitionsUnknownException(destination, ex);
				}
			}

			@Override
			public int partition(OutboxRecord message, int count) {
				return of(message.destination()).partition(message, count);
			}

			@Override
			public @Nullable String refusal(String destination) {
				Partitioning parts = byName.get(Destinations.transport(destination));
				return (parts != null) ? parts.refusal(destination) : missing(destination);
			}

			@Override
			public boolean byRoute(String destination) {
				return of(destination).byRoute(destination);
			}

			private Partitioning of(String destination) {
				Partitioning parts = byName.get(Destinations.transport(destination));
				if (parts == null) {
					throw new PartitionsUnknownException(destination, new IllegalStateException(missing(destination)));
				}
				return parts;
			}

			private String missing(String destination) {
				return "this instance has no transport '" + Destinations.transport(destination) + "'";
			}

		};
	}

}
