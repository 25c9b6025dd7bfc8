// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresAtomicityIT extends AbstractAtomicityOnSql {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

}
