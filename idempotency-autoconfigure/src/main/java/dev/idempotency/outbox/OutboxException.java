// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A message was not written to the outbox.
 */
public final class OutboxException extends RuntimeException {

	public OutboxException(String message) {
		super(message);
	}

	public OutboxException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
