// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import dev.idempotency.outbox.Destinations;
import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import dev.idempotency.relay.Partitioning;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of topics. A message with a key goes where Kafka's own partitioner sends
 * it, so that messages of others with the same key are there, too; one without a key goes
 * where its id says.
 */
final class TopicPartitioning implements Partitioning {

	private final Supplier<Producer<byte[], byte[]>> producer;

	private final @Nullable String refusal;

	private final ConcurrentMap<String, Integer> known = new ConcurrentHashMap<>();

	/**
	 * Creates it.
	 * @param properties those of the producer
	 * @param producer asked for the partitions of topics
	 */
	TopicPartitioning(Map<String, Object> properties, Supplier<Producer<byte[], byte[]>> producer) {
		this.producer = producer;
		this.refusal = refusal(properties);
	}

	private static @Nullable String refusal(Map<String, Object> properties) {
		if (properties.get(ProducerConfig.PARTITIONER_CLASS_CONFIG) != null) {
			return ProducerConfig.PARTITIONER_CLASS_CONFIG + " is the application's own, and only it knows where a "
					+ "message goes";
		}
		return Boolean.parseBoolean(String.valueOf(properties.get(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG)))
				? ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG + " spreads the messages of a key" : null;
	}

	/**
	 * {@inheritDoc} Once known, the count is only renewed by sending. A topic that cannot
	 * be written to has none: what is sent there is refused, and takes no numbers.
	 */
	@Override
	public int count(String destination) {
		if (this.refusal != null) {
			return 0;
		}
		String topic = Destinations.address(destination);
		Integer count = this.known.get(topic);
		try {
			return (count != null) ? count : ask(topic, this.producer.get());
		}
		catch (InvalidTopicException | AuthorizationException ex) {
			return 0;
		}
	}

	private int ask(String topic, Producer<byte[], byte[]> asked) {
		int count = asked.partitionsFor(topic).size();
		this.known.put(topic, count);
		return count;
	}

	@Override
	public int partition(OutboxRecord message, int count) {
		byte[] key = (message.key() != null) ? HeaderText.bytes(message.key())
				: message.id().getBytes(StandardCharsets.UTF_8);
		return Utils.toPositive(Utils.murmur2(key)) % count;
	}

	@Override
	public @Nullable String refusal(String destination) {
		return this.refusal;
	}

	/**
	 * Where a message goes now. A topic that was made again with fewer partitions has no
	 * place for some; they keep their numbers and go elsewhere.
	 * @return the partition, {@code null} to let the producer choose
	 */
	@Nullable Integer of(OutboxRecord message, Producer<byte[], byte[]> sender) {
		Placement place = message.placement();
		if (place == null) {
			return null;
		}
		int count = ask(message.address(), sender);
		return (place.partition() < count) ? place.partition() : partition(message, count);
	}

}
