// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.TestDatabase;
import org.junit.jupiter.api.Nested;

class H2PositionTests {

	@Nested
	class Positions extends AbstractPositionContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

	@Nested
	class Sequences extends AbstractSequenceContract {

		@Override
		TestDatabase open() {
			return MemoryH2.open();
		}

	}

}
