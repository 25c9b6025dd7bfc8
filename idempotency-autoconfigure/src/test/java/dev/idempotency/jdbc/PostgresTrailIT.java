// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.jdbc;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresTrailIT extends AbstractTrailContract {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

}
