// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.testing.SharedMariaDb;
import dev.idempotency.testing.TestDatabase;

class MariaDbHttpRequestsIT extends AbstractHttpRequests {

	@Override
	TestDatabase open() {
		return SharedMariaDb.open();
	}

}
