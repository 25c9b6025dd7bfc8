// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import dev.idempotency.testing.SharedMariaDb;

class MariaDbLocalProcessesIT extends AbstractLocalProcesses {

	MariaDbLocalProcessesIT() {
		super(SharedMariaDb.open());
	}

}
