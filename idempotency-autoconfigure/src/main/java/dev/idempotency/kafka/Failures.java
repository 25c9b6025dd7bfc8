// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.kafka;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.apache.kafka.common.TopicPartition;

/**
 * How often the record at the head of each partition failed in this process. Counts for
 * pauses only: attempts that decide something are counted in the database.
 */
final class Failures {

	private final ConcurrentMap<TopicPartition, Failed> heads = new ConcurrentHashMap<>();

	int failed(TopicPartition partition, long offset) {
		return this.heads
			.merge(partition, new Failed(offset, 1),
					(before, now) -> (before.offset() == offset) ? new Failed(offset, before.times() + 1) : now)
			.times();
	}

	boolean knows(TopicPartition partition, long offset) {
		Failed head = this.heads.get(partition);
		return head != null && head.offset() == offset;
	}

	void forget(TopicPartition partition) {
		this.heads.remove(partition);
	}

	private record Failed(long offset, int times) {
	}

}
