// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import dev.idempotency.outbox.Destinations;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Partitioning;
import org.jspecify.annotations.Nullable;

/**
 * Numbers messages per routing key where the exchange gives a queue all messages of a
 * routing key or none, so that a gap is a loss. The broker does not tell the type of an
 * exchange, so it must be the broker's own or declared by the application.
 */
final class RoutePartitioning implements Partitioning {

	/**
	 * Streams are never forgotten, so routing keys made of ids must not make one each.
	 */
	static final int MOST_ROUTES = 128;

	private final Supplier<Map<String, String>> declared;

	private final ConcurrentMap<String, String> reasons = new ConcurrentHashMap<>();

	/**
	 * Creates it.
	 * @param declared types of the exchanges the application declares, by name
	 */
	RoutePartitioning(Supplier<Map<String, String>> declared) {
		this.declared = declared;
	}

	@Override
	public int count(String destination) {
		return (refusal(destination) == null) ? MOST_ROUTES : 0;
	}

	@Override
	public int partition(OutboxRecord message, int count) {
		throw new IllegalStateException("Messages to '" + message.destination() + "' are numbered by routing key");
	}

	@Override
	public @Nullable String refusal(String destination) {
		String reason = this.reasons.computeIfAbsent(Destinations.address(destination),
				(exchange) -> ExchangeTypes.obstacle(exchange, this.declared.get()));
		return reason.isEmpty() ? null : reason;
	}

	@Override
	public boolean byRoute(String destination) {
		return true;
	}

}
