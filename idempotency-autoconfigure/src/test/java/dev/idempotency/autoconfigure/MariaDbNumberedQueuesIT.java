// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;

class MariaDbNumberedQueuesIT extends AbstractNumberedQueues {

	@Override
	TestDatabase openConsumer() {
		return SharedMariaDb.open();
	}

}
