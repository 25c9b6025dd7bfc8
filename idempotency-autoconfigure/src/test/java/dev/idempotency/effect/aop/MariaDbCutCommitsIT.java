// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.effect.aop;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;

class MariaDbCutCommitsIT extends AbstractCutCommits {

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

}
