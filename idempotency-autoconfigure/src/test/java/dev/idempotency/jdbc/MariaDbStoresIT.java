// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;

class MariaDbStoresIT {

	@Nested
	class Lanes extends AbstractLaneStoreContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class Outbox extends AbstractOutboxStoreContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class Relay extends AbstractSharedLockRelayContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class TwoNodes extends AbstractTwoNodesContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class ParkedOutbox extends AbstractParkedOutboxContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class Parking extends AbstractParkingContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

	@Nested
	class Schema extends AbstractSchemaContract {

		@Override
		TestDatabase open() {
			return SharedMariaDb.open();
		}

	}

}
