// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresTokenEffectsIT extends AbstractTokenEffects {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

}
