// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.autoconfigure;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Name of this process among the nodes, one that no other process has or ever had: the
 * process id is for people, the random part makes it unique.
 *
 * @param value the name
 */
record NodeName(String value) {

	private static final int RANDOM_BYTES = 8;

	static NodeName ofThisProcess() {
		byte[] random = new byte[RANDOM_BYTES];
		new SecureRandom().nextBytes(random);
		return new NodeName(ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random));
	}

}
