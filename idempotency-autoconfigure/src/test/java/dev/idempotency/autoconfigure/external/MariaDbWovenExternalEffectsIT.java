// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;

class MariaDbWovenExternalEffectsIT extends AbstractWovenExternalEffects {

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

}
