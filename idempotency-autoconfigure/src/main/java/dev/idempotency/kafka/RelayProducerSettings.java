// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.idempotency.flow.Contradiction;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The properties of the relay's producer: the application's, with those replaced that
 * decide whether a message can get lost, change its order, or block the relay.
 *
 * @param properties what the producer is made with
 * @param contradictions what the application had set otherwise
 */
record RelayProducerSettings(Map<String, Object> properties, List<Contradiction> contradictions) {

	static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(30);

	static final Duration MAX_BLOCK = Duration.ofSeconds(5);

	private static final int MAX_IN_FLIGHT = 5;

	private static final int BATCH_SIZE = 128 * 1024;

	private static final String CLIENT_ID = "idempotency-outbox";

	RelayProducerSettings {
		properties = Map.copyOf(properties);
		contradictions = List.copyOf(contradictions);
	}

	static RelayProducerSettings of(Map<String, Object> application) {
		Map<String, Object> properties = new HashMap<>(application);
		properties.values().removeIf(Objects::isNull);
		List<Contradiction> contradictions = new ArrayList<>();
		enforce(properties, contradictions, ProducerConfig.ACKS_CONFIG, "all",
				"or a message the broker confirmed is lost with the leader of its partition");
		enforce(properties, contradictions, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
				"or the producer's own retries repeat messages and change their order");
		if (number(properties, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1) > MAX_IN_FLIGHT) {
			enforce(properties, contradictions, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
					Integer.toString(MAX_IN_FLIGHT), "because an idempotent producer keeps order up to there");
		}
		if (number(properties, ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE) == 0) {
			enforce(properties, contradictions, ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE),
					"because an idempotent producer must be able to retry");
		}
		properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
		properties.merge(ProducerConfig.CLIENT_ID_CONFIG, CLIENT_ID, (own, name) -> own + "-" + name);
		properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
		properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
		long delivery = cap(properties, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT.toMillis());
		cap(properties, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, delivery / 3);
		cap(properties, ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
		properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "0");
		cap(properties, ProducerConfig.LINGER_MS_CONFIG, delivery / 3);
		properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(BATCH_SIZE));
		return new RelayProducerSettings(properties, contradictions);
	}

	private static void enforce(Map<String, Object> properties, List<Contradiction> contradictions, String name,
			String needed, String reason) {
		Object found = properties.put(name, needed);
		if (found != null && !means(found, needed)) {
			contradictions.add(new Contradiction("Kafka producer of the outbox relay", name + "=" + found,
					name + "=" + needed + ", " + reason,
					"The relay uses " + needed + "; remove the property or set it to that"));
		}
	}

	private static boolean means(Object found, String needed) {
		String text = found.toString().trim();
		return text.equalsIgnoreCase(needed) || (needed.equals("all") && text.equals("-1"));
	}

	/**
	 * Lets the application wait shorter, not longer: the relay repeats by itself.
	 */
	private static long cap(Map<String, Object> properties, String name, long longest) {
		long value = Math.min(number(properties, name, longest), longest);
		properties.put(name, Long.toString(value));
		return value;
	}

	private static long number(Map<String, Object> properties, String name, long otherwise) {
		Object value = properties.get(name);
		return (value != null) ? parse(name, value) : otherwise;
	}

	private static long parse(String name, Object value) {
		try {
			return Long.parseLong(value.toString().trim());
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(
					"The Kafka producer property " + name + " must be a number, not '" + value + "'", ex);
		}
	}

}
