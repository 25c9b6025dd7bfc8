// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.benchmarks;

import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reports offsets that the broker accepted; made by the Kafka client.
 */
public final class CommitInterceptor implements ConsumerInterceptor<Object, Object> {

	private static final String COMMITS = "benchmarks.commits";

	private @Nullable Commits commits;

	private String group = "";

	static Map<String, Object> reportingTo(Commits commits) {
		return Map.of(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, List.of(CommitInterceptor.class.getName()), COMMITS,
				commits);
	}

	@Override
	public void configure(Map<String, ?> configuration) {
		this.commits = (Commits) configuration.get(COMMITS);
		this.group = String.valueOf(configuration.get(ConsumerConfig.GROUP_ID_CONFIG));
	}

	@Override
	public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
		return records;
	}

	@Override
	public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
		Commits reported = this.commits;
		if (reported != null) {
			offsets.forEach((partition, offset) -> reported.committed(this.group, partition.topic(), offset.offset()));
		}
	}

	@Override
	public void close() {
	}

}
