// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.inbox;

import java.util.Objects;

/**
 * A stream as one flow consumes it.
 *
 * @param flow the flow
 * @param name the stream
 */
public record Stream(String flow, String name) {

	public Stream {
		Objects.requireNonNull(flow, "flow");
		Objects.requireNonNull(name, "name");
	}

}
