// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.web;

import dev.idempotency.testing.SharedPostgres;
import dev.idempotency.testing.TestDatabase;

class PostgresGithubDeliveriesIT extends AbstractGithubDeliveries {

	@Override
	TestDatabase open() {
		return SharedPostgres.open();
	}

}
