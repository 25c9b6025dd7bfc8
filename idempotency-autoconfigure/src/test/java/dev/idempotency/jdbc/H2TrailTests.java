// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.MemoryH2;
import dev.idempotency.testing.TestDatabase;

class H2TrailTests extends AbstractTrailContract {

	@Override
	TestDatabase open() {
		return MemoryH2.open();
	}

}
