// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.springframework.amqp.core.Exchange;

/**
 * Tells which exchanges give a queue all messages of a routing key or none.
 */
public final class ExchangeTypes {

	private static final Set<String> BY_ROUTING_KEY = Set.of("direct", "topic", "fanout");

	private static final Map<String, String> OF_THE_BROKER = Map.of("", "direct", "amq.direct", "direct", "amq.topic",
			"topic", "amq.fanout", "fanout", "amq.headers", "headers", "amq.match", "headers");

	private ExchangeTypes() {
	}

	/**
	 * The types of declared exchanges.
	 * @param exchanges what an application declares
	 * @return types by name; one that is declared with several types has all of them,
	 * which is no type that is known
	 */
	public static Map<String, String> of(Collection<Exchange> exchanges) {
		Map<String, String> types = new HashMap<>();
		for (Exchange exchange : exchanges) {
			String type = exchange.isDelayed() ? "x-delayed-message" : exchange.getType();
			types.merge(exchange.getName(), type, (one, other) -> one.equals(other) ? one : one + " and " + other);
		}
		return types;
	}

	static boolean isKnown(String exchange, Map<String, String> declared) {
		return OF_THE_BROKER.containsKey(exchange) || declared.containsKey(exchange);
	}

	/**
	 * Why the routing key does not tell which queues get a message.
	 * @param exchange the name of an exchange
	 * @param declared types of exchanges the application declares, by name
	 * @return the reason, empty if it does tell
	 */
	static String obstacle(String exchange, Map<String, String> declared) {
		String type = OF_THE_BROKER.getOrDefault(exchange, declared.get(exchange));
		if (type == null) {
			return "the type of exchange '" + exchange + "' is not known: declare it as a bean of this application";
		}
		return BY_ROUTING_KEY.contains(type) ? "" : "exchange '" + exchange + "' is of type " + type
				+ ", where the routing key does not tell who gets a " + "message";
	}

}
