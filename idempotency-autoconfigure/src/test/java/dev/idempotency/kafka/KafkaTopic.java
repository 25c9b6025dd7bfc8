// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.idempotency.testing.SharedKafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A topic of a test, and a group that reads it.
 */
final class KafkaTopic implements AutoCloseable {

	final String name;

	final String group;

	private final Admin admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrapServers()));

	private final Producer<byte[], byte[]> producer = new KafkaProducer<>(
			Map.of("bootstrap.servers", SharedKafka.bootstrapServers()), new ByteArraySerializer(),
			new ByteArraySerializer());

	KafkaTopic(int partitions) {
		this.name = SharedKafka.newTopic("kafka", partitions);
		this.group = "group-of-" + this.name;
	}

	void send(int partition, byte[] value, Map<String, String> headers) {
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.name, partition, null, value);
		headers.forEach((name, text) -> record.headers().add(name, text.getBytes()));
		this.producer.send(record);
		this.producer.flush();
	}

	void send(String... ids) {
		for (String id : ids) {
			send(0, id.getBytes(), Map.of("ce_id", id, "ce_source", "/shop"));
		}
	}

	/**
	 * The offset the group would go on from.
	 */
	@Nullable Long committed(int partition) {
		OffsetAndMetadata offset = get(this.admin.listConsumerGroupOffsets(this.group).partitionsToOffsetAndMetadata())
			.get(new TopicPartition(this.name, partition));
		return (offset != null) ? offset.offset() : null;
	}

	/**
	 * Whether no consumer is left in the group.
	 */
	boolean isAbandoned() {
		return get(this.admin.describeConsumerGroups(List.of(this.group)).all()).get(this.group).members().isEmpty();
	}

	/**
	 * Sets the stopped group back to the beginning.
	 */
	void rewind() {
		get(this.admin
			.alterConsumerGroupOffsets(this.group, Map.of(new TopicPartition(this.name, 0), new OffsetAndMetadata(0)))
			.all());
	}

	static void create(String name) {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrapServers()))) {
			get(admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all());
		}
	}

	private static <T> T get(KafkaFuture<T> future) {
		try {
			return future.get(30, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.producer.close();
		this.admin.close();
	}

}
