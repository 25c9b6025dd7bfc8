// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;

class H2StoresTests {

	@Nested
	class Lanes extends AbstractLaneStoreContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

	@Nested
	class Outbox extends AbstractOutboxStoreContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

	@Nested
	class Relay extends AbstractRelayStoreContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

	@Nested
	class ParkedOutbox extends AbstractParkedOutboxContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

	@Nested
	class Parking extends AbstractParkingContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

	@Nested
	class Schema extends AbstractSchemaContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

}
