// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresWovenExternalEffectsIT extends AbstractWovenExternalEffects {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

}
