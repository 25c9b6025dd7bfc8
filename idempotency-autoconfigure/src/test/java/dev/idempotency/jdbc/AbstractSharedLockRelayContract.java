// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.relay.RelayStore.Batch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the relay's store keeps to besides, where rows can be locked for sharing.
 */
abstract class AbstractSharedLockRelayContract extends AbstractRelayStoreContract {

	@Test
	void batchesOfTheSameLaneAreSettledSideBySide() throws Exception {
		insert(message(ORDERS, "a", "1"));
		Batch batch = read(10);
		this.database.inTransaction(() -> {
			lockHeld(LaneLock.SHARED, this.leases);
			return assertThat(together(1, () -> this.store.settle(batch, positions(batch, "1")))).containsOnly(true);
		});
		assertThat(read(10).messages()).isEmpty();
	}

}
