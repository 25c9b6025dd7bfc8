// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.Collection;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Hears which partitions a consumer has, on the consumer's thread.
 */
interface PartitionWatch {

	/**
	 * Partitions were added, before their first record.
	 */
	void assigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions);

	/**
	 * Partitions were taken away, what was pending is committed.
	 */
	void revoked(Collection<TopicPartition> partitions);

}
