// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresHttpRequestsIT extends AbstractHttpRequests {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

}
