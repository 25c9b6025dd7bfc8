// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.testing.SharedPostgres;

class PostgresLocalProcessesIT extends AbstractLocalProcesses {

	PostgresLocalProcessesIT() {
		super(SharedPostgres.open());
	}

}
