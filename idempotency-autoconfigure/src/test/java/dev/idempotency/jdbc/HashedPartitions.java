// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.outbox.OutboxRecord;
import dev.idempotency.relay.Partitioning;

/**
 * Partitions by the hash of the key, or else the id, and as many as one likes.
 */
final class HashedPartitions implements Partitioning {

	int count;

	boolean unknown;

	HashedPartitions(int count) {
		this.count = count;
	}

	@Override
	public int count(String destination) {
		if (this.unknown) {
			throw new IllegalStateException("the broker does not answer");
		}
		return this.count;
	}

	@Override
	public int partition(OutboxRecord message, int partitions) {
		String key = (message.key() != null) ? message.key() : message.id();
		return Math.floorMod(key.hashCode(), partitions);
	}

	@Override
	public String refusal(String destination) {
		return (this.count > 0) ? null : "there are none";
	}

}
