// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure.external;

import dev.idempotency.testing.SharedMariaDb;
import org.junit.jupiter.api.Tag;

@Tag("soak")
class MariaDbExternalProcessesIT extends AbstractExternalProcesses {

	MariaDbExternalProcessesIT() {
		super(SharedMariaDb.open());
	}

}
