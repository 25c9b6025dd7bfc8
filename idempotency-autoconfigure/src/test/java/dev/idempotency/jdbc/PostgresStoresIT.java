// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import java.util.List;

import dev.idempotency.relay.Lease;
import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

class PostgresStoresIT {

	@Nested
	class Lanes extends AbstractLaneStoreContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	@Nested
	class Outbox extends AbstractOutboxStoreContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	@Nested
	class Relay extends AbstractSharedLockRelayContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

		/**
		 * Elsewhere giving back waits.
		 */
		@Test
		void aTakeOverPassesOverAChangeInFlightAlsoWhenItsLaneIsGivenBack() throws Exception {
			List<Lease> concerned = this.leases.subList(3, 4);
			this.database.inTransaction(() -> {
				lockHeld(LaneLock.SHARED, concerned);
				assertThat(together(1, () -> {
					this.lanes.renew("one", concerned, LONG);
					this.lanes.release("one", concerned);
					return takeOver();
				})).singleElement(LIST).hasSize(dev.idempotency.outbox.Lanes.COUNT - 1).doesNotContain(3);
				return concerned;
			});
			assertThat(takeOver()).contains(3);
		}

	}

	@Nested
	class TwoNodes extends AbstractTwoNodesContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	@Nested
	class ParkedOutbox extends AbstractParkedOutboxContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	@Nested
	class Parking extends AbstractParkingContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

	@Nested
	class Schema extends AbstractSchemaContract {

		@Override
		TestDatabase open() {
			return SharedPostgres.open();
		}

	}

}
