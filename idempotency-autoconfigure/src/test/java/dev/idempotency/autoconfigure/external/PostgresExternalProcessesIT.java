// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import dev.idempotency.testing.SharedPostgres;
import org.junit.jupiter.api.Tag;

@Tag("soak")
class PostgresExternalProcessesIT extends AbstractExternalProcesses {

	PostgresExternalProcessesIT() {
		super(SharedPostgres.open());
	}

}
