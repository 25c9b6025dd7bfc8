// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresNumberedQueuesIT extends AbstractNumberedQueues {

	@Override
	TestDatabase openConsumer() {
		return SharedPostgres.open();
	}

}
