// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import com.rabbitmq.client.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the broker has stopped reading from a connection because it is short of
 * memory or disk.
 */
final class BlockedConnection {

	private final Connection connection;

	private volatile @Nullable String reason;

	BlockedConnection(Connection connection) {
		this.connection = connection;
		connection.addBlockedListener((reason) -> this.reason = reason, () -> this.reason = null);
	}

	boolean watches(Connection connection) {
		return this.connection == connection;
	}

	@Nullable String reason() {
		return this.connection.isOpen() ? this.reason : null;
	}

}
