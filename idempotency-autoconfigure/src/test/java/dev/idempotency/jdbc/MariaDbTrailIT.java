// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;

class MariaDbTrailIT extends AbstractTrailContract {

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

}
