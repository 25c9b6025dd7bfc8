// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.outbox.Placement;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TopicPartitioningTests {

	private RuntimeException failure;

	private int asked;

	private final TopicPartitioning partitioning = partitioning(Map.of());

	private TopicPartitioning partitioning(Map<String, Object> properties) {
		return new TopicPartitioning(properties, () -> {
			this.asked++;
			if (this.failure != null) {
				throw this.failure;
			}
			return producer(3);
		});
	}

	private static Producer<byte[], byte[]> producer(int partitions) {
		List<PartitionInfo> all = IntStream.range(0, partitions)
			.mapToObj((number) -> new PartitionInfo("orders", number, null, new Node[0], new Node[0]))
			.toList();
		Cluster cluster = new Cluster("c", List.of(), all, java.util.Set.of(), java.util.Set.of());
		return new MockProducer<>(cluster, true, null, new ByteArraySerializer(), new ByteArraySerializer());
	}

	/**
	 * Other producers of the topic must find the same partition for a key.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 12, 50 })
	void aKeyGoesWhereKafkasOwnPartitionerSendsIt(int count) {
		for (int i = 0; i < 500; i++) {
			String key = "key-ä-" + i;
			assertThat(this.partitioning.partition(Outgoing.to("orders", key, Map.of(), ""), count))
				.isEqualTo(BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), count));
		}
		byte[] binary = { 0, 1, (byte) 0xff };
		assertThat(this.partitioning.partition(Outgoing.to("orders", HeaderText.of(binary), Map.of(), ""), count))
			.isEqualTo(BuiltInPartitioner.partitionForKey(binary, count));
	}

	@Test
	void messagesWithoutKeyAreSpreadByTheirIds() {
		assertThat(IntStream.range(0, 100)
			.map((number) -> this.partitioning.partition(keyless("id-" + number), 4))
			.boxed()
			.distinct()
			.toList()).hasSize(4);
		assertThat(this.partitioning.partition(keyless("x"), 4))
			.isEqualTo(this.partitioning.partition(keyless("x"), 4));
	}

	private static OutboxRecord keyless(String id) {
		OutboxRecord like = Outgoing.to("orders", null, Map.of(), "");
		return new OutboxRecord(1, 0, id, like.destination(), null, null, "t", "/s", like.time(), Map.of(),
				"text/plain", new byte[0], 0);
	}

	@Test
	void theBrokerIsAskedOnce() {
		assertThat(this.partitioning.count("kafka:orders")).isEqualTo(3);
		assertThat(this.partitioning.count("kafka:orders")).isEqualTo(3);
		assertThat(this.asked).isEqualTo(1);
	}

	@Test
	void sendingRenewsTheCount() {
		assertThat(this.partitioning.count("kafka:orders")).isEqualTo(3);
		assertThat(this.partitioning.of(placed(2), producer(5))).isEqualTo(2);
		assertThat(this.partitioning.count("kafka:orders")).isEqualTo(5);
	}

	@Test
	void whatHasNoNumberGoesWhereTheProducerLikes() {
		assertThat(this.partitioning.of(keyless("x"), producer(5))).isNull();
	}

	@Test
	void aPartitionThatIsGoneHoldsNothingUp() {
		assertThat(this.partitioning.of(placed(7), producer(3))).isBetween(0, 2);
	}

	private static OutboxRecord placed(int partition) {
		return keyless("x").at(Placement.of(0, "kafka:orders", partition, "1", 1));
	}

	@Test
	void aSilentBrokerIsNoReasonToNumberNothing() {
		this.failure = new TimeoutException("no answer");
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> this.partitioning.count("kafka:orders"));
		this.failure = null;
		assertThat(this.partitioning.count("kafka:orders")).isEqualTo(3);
	}

	@Test
	void whatCannotBeSentTakesNoNumbers() {
		this.failure = new InvalidTopicException("no such name");
		assertThat(this.partitioning.count("kafka:no such name")).isZero();
		this.failure = new TopicAuthorizationException("orders");
		assertThat(this.partitioning.count("kafka:orders")).isZero();
	}

	@Test
	void onlyKafkasOwnWayToChooseAPartitionIsKnown() {
		TopicPartitioning own = partitioning(Map.of("partitioner.class", "com.example.Partitioner"));
		assertThat(own.count("kafka:orders")).isZero();
		assertThat(own.refusal("kafka:orders")).contains("partitioner.class");
		TopicPartitioning spread = partitioning(Map.of("partitioner.ignore.keys", "true"));
		assertThat(spread.count("kafka:orders")).isZero();
		assertThat(spread.refusal("kafka:orders")).contains("partitioner.ignore.keys");
		assertThat(this.partitioning.refusal("kafka:orders")).isNull();
	}

}
